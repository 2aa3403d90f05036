# Good: the way to the goal and the number of open doors, both as changes.
def reward(prev, action, state):
    way = 0.1 * (prev.path_to_goal - state.path_to_goal)
    doors = 0.5 * (state.doors_open - prev.doors_open)
    goal = 5.0 if state.path_to_goal == 0 else 0.0
    return way + doors + goal - 0.01, {"way": way, "doors": doors, "goal": goal, "time": -0.01}
