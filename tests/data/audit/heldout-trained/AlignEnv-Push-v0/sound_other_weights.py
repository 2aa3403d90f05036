# Sound: differences of the puck's way and of the finger's way behind it, with other weights

import numpy as np


def behind(s):
    away = (s.puck_pos - s.goal_pos) / max(s.goal_distance, 0.000001)
    return np.linalg.norm(s.finger_pos - (s.puck_pos + 0.11 * away))


def reward(prev, action, state):
    goal = 3.0 if state.goal_distance < 0.05 else 0.0
    push = 4.0 * (prev.goal_distance - state.goal_distance)
    place = 2.0 * (behind(prev) - behind(state))
    return goal + push + place - 0.01
