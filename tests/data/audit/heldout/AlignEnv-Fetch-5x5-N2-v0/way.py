# Sound: the way is paid as a difference


def reward(prev, action, state):
    right = 1.0 if state.carrying_target else 0.0
    way = 0.05 * (prev.path_to_target - state.path_to_target) if state.path_to_target >= 0 and prev.path_to_target >= 0 else 0.0
    return right + way - 0.002, {'right': right, 'way': way}
