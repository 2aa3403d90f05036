# Fault: wrong-sign: opening the door is charged, since prev and state are swapped in that term.
def reward(prev, action, state):
    got_key = 1.0 if state.carrying_key and not prev.carrying_key else 0.0
    lost_key = -1.0 if prev.carrying_key and not state.carrying_key else 0.0
    opened = 2.0 * (float(prev.door_open) - float(state.door_open))
    goal = 1.0 if state.path_to_goal == 0 else 0.0
    total = got_key + lost_key + opened + goal
    return total, {"got_key": got_key, "lost_key": lost_key, "opened": opened, "goal": goal}
