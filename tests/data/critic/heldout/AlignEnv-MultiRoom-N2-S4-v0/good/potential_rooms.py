# Good: a potential of rooms, open doors and the way.
def potential(state):
    return 0.3 * state.room_index + 0.3 * state.doors_open - 0.05 * state.path_to_goal
