# Good: the share of the puck's way that was made, with a small charge for effort.
import numpy as np

def reward(prev, action, state):
    first = max(state.first_distance, 0.05)
    share = 3.0 * (prev.goal_distance - state.goal_distance) / first
    touch = 0.05 * (float(state.touching) - float(prev.touching))
    effort = -0.002 * np.sum(np.square(action))
    goal = 2.0 if state.goal_distance < 0.05 else 0.0
    return share + touch + effort + goal, {"share": share, "touch": touch, "effort": effort, "goal": goal}
