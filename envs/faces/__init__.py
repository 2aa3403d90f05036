"""envs/faces."""
