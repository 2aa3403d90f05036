# Fault: wrong-sign: progress is the new distance less the old one, so walking away is paid.
def reward(prev, action, state):
    """Dense progress towards the current target plus a goal bonus."""
    if not state.carrying_key and not state.door_open:
        approach = state.path_to_key - prev.path_to_key
    elif not state.door_open:
        approach = state.path_to_door - prev.path_to_door
    else:
        approach = state.path_to_goal - prev.path_to_goal
    goal = 10.0 if state.path_to_goal == 0 else 0.0
    return 0.5 * approach + goal - 0.01, {"approach": 0.5 * approach, "goal": goal}
