"""The craft family: a small survival-crafting world of our own, stepped as arrays."""
