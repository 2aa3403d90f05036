"""What every compiled core is made with: one way to compile, tables of addresses, streams."""
