"""One environment, random actions: what an agent sees, and how rarely chance is enough."""

import gymnasium as gym

import alignenv  # noqa: F401 - registers the environments

env = gym.make("AlignEnv-DoorKey-6x6-v0", state_info=True)
env.action_space.seed(0)
observation, info = env.reset(seed=0)
print("observation:", env.observation_space)
print("first state:", info["state"])

episodes, successes = 20, 0
for _ in range(episodes):
    terminated = truncated = False
    while not (terminated or truncated):
        _, reward, terminated, truncated, info = env.step(env.action_space.sample())
    successes += info["success"]
    env.reset()
print(f"random play: {successes} of {episodes} episodes reach the goal")
