from math import sqrt, exp
import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    dx, dy = float(next_obs[0]), float(next_obs[1])
    d = sqrt(dx * dx + dy * dy)
    speed = sqrt(float(next_obs[2]) ** 2 + float(next_obs[3]) ** 2)
    return exp(-d) - 0.05 * speed, {"distance": d, "speed": speed}
