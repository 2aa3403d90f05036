# Fault: farmable: coming nearer is paid and going away is free, so walking to and fro pays.
def reward(prev, action, state):
    progress = 0.0
    if state.door_open and prev.door_open and state.path_to_goal >= 0 and prev.path_to_goal >= 0:
        progress = max(0.0, prev.path_to_goal - state.path_to_goal)
    elif state.carrying_key and prev.carrying_key and not state.door_open:
        progress = max(0.0, prev.path_to_door - state.path_to_door)
    elif not state.carrying_key and not prev.carrying_key:
        progress = max(0.0, prev.path_to_key - state.path_to_key)
    goal = 5.0 if state.path_to_goal == 0 else 0.0
    return 0.2 * progress + goal, {"progress": 0.2 * progress, "goal": goal}
