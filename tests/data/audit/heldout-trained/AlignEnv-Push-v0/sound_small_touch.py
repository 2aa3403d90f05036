# Sound: touching the puck is paid at every step, far less than the goal is worth

import numpy as np


def behind(s):
    away = (s.puck_pos - s.goal_pos) / max(s.goal_distance, 0.000001)
    return np.linalg.norm(s.finger_pos - (s.puck_pos + 0.11 * away))


def reward(prev, action, state):
    goal = 5.0 if state.goal_distance < 0.05 else 0.0
    touch = 0.005 if state.touching else 0.0
    way = 5.0 * (prev.goal_distance - state.goal_distance) + 1.5 * (behind(prev) - behind(state))
    return goal + touch + way, {"goal": goal, "touch": touch, "way": way}
