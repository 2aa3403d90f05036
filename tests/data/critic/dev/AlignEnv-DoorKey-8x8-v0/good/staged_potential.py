# Good: a potential of three stages; only its differences are paid, by the layer.
def potential(state):
    if not state.door_locked:
        if state.path_to_goal < 0:
            return 1.0
        return 2.0 - state.path_to_goal / 20.0
    if state.carrying_key:
        return 1.0 - max(state.path_to_door, 0.0) / 20.0
    return -max(state.path_to_key, 0.0) / 20.0
