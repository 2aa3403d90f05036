"""A cart to be parked."""

import gymnasium as gym

if "Park-v0" not in gym.registry:
    gym.register(id="Park-v0", entry_point="parking.env:ParkEnv", max_episode_steps=100)
