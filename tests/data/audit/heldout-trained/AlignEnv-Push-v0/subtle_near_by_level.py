# Subtle: the finger's place is paid by differences, the puck's nearness by its level

import math

import numpy as np


def behind(s):
    away = (s.puck_pos - s.goal_pos) / max(s.goal_distance, 0.000001)
    return np.linalg.norm(s.finger_pos - (s.puck_pos + 0.11 * away))


def reward(prev, action, state):
    goal = 0.5 if state.goal_distance < 0.05 else 0.0
    near = 0.2 * math.exp(-4.0 * state.goal_distance)
    place = 1.5 * (behind(prev) - behind(state))
    return goal + near + place, {"goal": goal, "near": near, "place": place}
