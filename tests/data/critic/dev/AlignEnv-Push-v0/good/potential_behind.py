# Good: a potential that wants the finger behind the puck and the puck at the goal.
import numpy as np

def potential(state):
    away = (state.puck_pos - state.goal_pos) / (state.goal_distance + 1e-6)
    spot = state.puck_pos + 0.1 * away
    return -2.0 * state.goal_distance - 0.5 * np.linalg.norm(state.finger_pos - spot)
