"""envs/form."""
