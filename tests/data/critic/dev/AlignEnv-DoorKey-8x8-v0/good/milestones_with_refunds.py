# Good: bonuses for key and door that are taken back when they are undone, and a goal above both.
def reward(prev, action, state):
    """Milestones: key, door, goal."""
    key = 0.0
    if state.carrying_key and not prev.carrying_key:
        key = 1.0
    elif prev.carrying_key and not state.carrying_key:
        key = -1.0
    door = 0.0
    if state.door_open and not prev.door_open:
        door = 2.0
    elif prev.door_open and not state.door_open:
        door = -2.0
    goal = 10.0 if state.path_to_goal == 0 else 0.0
    time_penalty = -0.01
    total = key + door + goal + time_penalty
    return total, {"key": key, "door": door, "goal": goal, "time_penalty": time_penalty}
