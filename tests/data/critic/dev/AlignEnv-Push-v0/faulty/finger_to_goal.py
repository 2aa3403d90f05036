# Fault: wrong-field: the finger is led to the goal, and the puck is forgotten.
import numpy as np

def reward(prev, action, state):
    before = np.linalg.norm(prev.finger_pos - prev.goal_pos)
    after = np.linalg.norm(state.finger_pos - state.goal_pos)
    approach = 2.0 * (before - after)
    at_goal = 0.2 if after < 0.05 else 0.0
    return approach + at_goal, {"approach": approach, "at_goal": at_goal}
