# Sound: every step costs what the puck and the finger are away from where they should be

import numpy as np


def behind(s):
    away = (s.puck_pos - s.goal_pos) / max(s.goal_distance, 0.000001)
    return np.linalg.norm(s.finger_pos - (s.puck_pos + 0.11 * away))


def reward(prev, action, state):
    goal = 5.0 if state.goal_distance < 0.05 else 0.0
    cost = 0.3 * state.goal_distance + 0.2 * behind(state)
    return goal - cost, {"goal": goal, "cost": -cost}
