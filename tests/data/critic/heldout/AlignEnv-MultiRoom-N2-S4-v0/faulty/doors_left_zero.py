# Fault: never-fires: the last room's index is n_rooms - 1, so no room has the index n_rooms + 1.
def reward(prev, action, state):
    last = 2.0 if state.room_index == state.n_rooms + 1 and prev.room_index != state.n_rooms + 1 else 0.0
    goal = 2.0 if state.path_to_goal == 0 else 0.0
    return last + goal - 0.01, {"last_room": last, "goal": goal, "time": -0.01}
