# Fault: wrong-scale: the effort term costs up to 2 a step while the goal pays 1 once.
import numpy as np

def reward(prev, action, state):
    progress = prev.goal_distance - state.goal_distance
    effort = -1.0 * np.sum(np.square(action))
    done = 1.0 if state.held >= 5 else 0.0
    return progress + effort + done, {"progress": progress, "effort": effort, "done": done}
