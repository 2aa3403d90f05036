# Fault: wrong-sign: the remaining way is added as if larger were better.
def reward(prev, action, state):
    remaining = 0.02 * state.path_to_goal
    doors = 0.3 * (state.doors_open - prev.doors_open)
    goal = 1.0 if state.path_to_goal == 0 else 0.0
    return remaining + doors + goal, {"remaining": remaining, "doors": doors, "goal": goal}
