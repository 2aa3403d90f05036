"""A batch of environments as one compiled step, with a program as the reward."""

import time

import gymnasium as gym
import numpy as np

import alignenv  # noqa: F401 - registers the environments

N_ENVS, N_STEPS = 256, 400

envs = gym.make_vec("AlignEnv-DoorKey-8x8-v0", num_envs=N_ENVS, reward="human")
observations, infos = envs.reset(seed=0)
print("observations:", observations.shape, observations.dtype)

actions = np.random.default_rng(0).integers(7, size=(N_STEPS, N_ENVS))
envs.step(actions[0])
total = np.zeros(N_ENVS)
begun = time.perf_counter()
for row in actions:
    observations, rewards, terminated, truncated, infos = envs.step(row)
    total += rewards
seconds = time.perf_counter() - begun
print(f"{N_ENVS * N_STEPS / seconds:,.0f} environment steps a second")
print(f"mean designed return {total.mean():.2f}, components {envs.unwrapped.component_names}")
