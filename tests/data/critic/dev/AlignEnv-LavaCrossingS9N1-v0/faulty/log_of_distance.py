# Fault: nan: the logarithm of the distance fails on the goal.
import numpy as np

def reward(prev, action, state):
    nearness = -np.log(state.path_to_goal)
    before = -np.log(prev.path_to_goal)
    death = -1.0 if state.dead else 0.0
    return nearness - before + death, {"nearness": nearness - before, "death": death}
