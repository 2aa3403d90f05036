"""core/program."""
