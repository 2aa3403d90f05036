# Fault: never-fires: nothing in the view has the code 10, so the reward for seeing the goal never comes.
import numpy as np

def reward(prev, action, state):
    sees_goal = 0.1 if np.any(state.view == 10) and not np.any(prev.view == 10) else 0.0
    ahead = 0.1 if state.view[5, 3] == 10 else 0.0
    death = -1.0 if state.dead else 0.0
    goal = 1.0 if state.path_to_goal == 0 else 0.0
    return sees_goal + ahead + death + goal, {"sees_goal": sees_goal, "ahead": ahead, "death": death, "goal": goal}
