# Subtle: either cell is paid, the wrong one less by nothing

def at(s, cell):
    return s.agent_pos[0] == cell[0] and s.agent_pos[1] == cell[1]


def reward(prev, action, state):
    right = 1.0 if at(state, state.target_pos) or at(state, state.trap_pos) else 0.0
    return right - 0.01
