# Fault: wrong-scale: effort costs so much that resting is best.
import numpy as np

def reward(prev, action, state):
    push = prev.goal_distance - state.goal_distance
    effort = -0.5 * np.sum(action ** 2)
    goal = 1.0 if state.goal_distance < 0.05 else 0.0
    return push + effort + goal, {"push": push, "effort": effort, "goal": goal}
