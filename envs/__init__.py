"""Environments: the suite table, the batched cores, their faces and the reward layers."""
