# Fault: wrong-field: the tip's distance from the shoulder is used in place of that from the goal.
import numpy as np

def reward(prev, action, state):
    before = np.linalg.norm(prev.tip_pos)
    after = np.linalg.norm(state.tip_pos)
    approach = 3.0 * (before - after)
    done = 0.5 if state.held >= 5 else 0.0
    return approach + done, {"approach": approach, "done": done}
