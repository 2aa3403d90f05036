"""envs/layers."""
