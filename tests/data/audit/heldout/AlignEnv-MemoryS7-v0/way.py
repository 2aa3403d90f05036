# Sound: the way to the right cell is paid as a difference

def at(s, cell):
    return s.agent_pos[0] == cell[0] and s.agent_pos[1] == cell[1]


def reward(prev, action, state):
    right = 1.0 if at(state, state.target_pos) else 0.0
    return right + 0.1 * (prev.path_to_target - state.path_to_target)
