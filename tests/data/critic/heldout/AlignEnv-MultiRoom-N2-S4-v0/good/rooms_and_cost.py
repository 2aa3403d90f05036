# Good: new rooms are paid, left rooms charged, and every step costs the way that remains.
def reward(prev, action, state):
    """Encourage passing doors; penalise remaining distance."""
    rooms = 1.0 * (state.room_index - prev.room_index)
    opened = 0.4 * (state.doors_open - prev.doors_open)
    remaining = -0.005 * state.path_to_goal
    success = 8.0 if state.path_to_goal == 0 else 0.0
    total = rooms + opened + remaining + success
    return total, {"rooms": rooms, "opened": opened, "remaining": remaining, "success": success}
