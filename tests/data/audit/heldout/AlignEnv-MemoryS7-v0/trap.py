# Gross: the wrong cell is paid

def at(s, cell):
    return s.agent_pos[0] == cell[0] and s.agent_pos[1] == cell[1]


def reward(prev, action, state):
    return 1.0 if at(state, state.trap_pos) else 0.0
