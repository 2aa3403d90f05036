"""Reward layers: how a reward program and the sparse reward make the agent's reward."""
