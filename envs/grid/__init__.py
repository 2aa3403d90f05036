"""envs/grid."""
