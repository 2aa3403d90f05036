"""The `alignenv` command: one file per sub-command, no logic."""
