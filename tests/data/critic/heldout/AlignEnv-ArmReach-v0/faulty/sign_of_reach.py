# Fault: wrong-sign: the missing distance is paid.
import numpy as np

def reward(prev, action, state):
    reach = 0.5 * np.linalg.norm(state.to_goal)
    effort = -0.01 * np.sum(action ** 2)
    done = 1.0 if state.held >= 5 else 0.0
    return reach + effort + done, {"reach": reach, "effort": effort, "done": done}
