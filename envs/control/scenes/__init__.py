"""One module per task of the control family."""
