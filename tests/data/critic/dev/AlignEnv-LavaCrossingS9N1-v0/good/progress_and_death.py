# Good: progress along the safe path, a charge for death and for time, and the goal.
def reward(prev, action, state):
    if state.dead:
        return -0.5, {"death": -0.5}
    progress = 0.1 * (prev.path_to_goal - state.path_to_goal)
    goal = 2.0 if state.path_to_goal == 0 else 0.0
    return progress + goal - 0.002, {"progress": progress, "goal": goal, "time": -0.002}
