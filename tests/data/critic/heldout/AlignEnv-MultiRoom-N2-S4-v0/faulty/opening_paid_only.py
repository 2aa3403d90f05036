# Fault: farmable: each opening of a door pays, closing it is free.
def reward(prev, action, state):
    opening = 1.0 if state.doors_open > prev.doors_open else 0.0
    way = 0.05 * (prev.path_to_goal - state.path_to_goal)
    goal = 3.0 if state.path_to_goal == 0 else 0.0
    return opening + way + goal, {"opening": opening, "way": way, "goal": goal}
