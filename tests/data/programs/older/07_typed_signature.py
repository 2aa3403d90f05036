import math
from typing import Dict, Tuple
import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    cos_t: float = float(next_obs[0])
    sin_t: float = float(next_obs[1])
    theta = math.atan2(sin_t, cos_t)
    theta_dot = float(next_obs[2])
    torque = float(action[0])
    cost = theta ** 2 + 0.1 * theta_dot ** 2 + 0.001 * torque ** 2
    return -cost, {"theta_cost": theta ** 2, "speed_cost": 0.1 * theta_dot ** 2}
