# Fault: farmable: nearness is paid at every step, so staying next to the goal beats reaching it.
import numpy as np

def reward(prev, action, state):
    near = np.exp(-state.path_to_goal / 4.0)
    death = -1.0 if state.dead else 0.0
    goal = 1.0 if state.path_to_goal == 0 else 0.0
    return near + death + goal, {"near": near, "death": death, "goal": goal}
