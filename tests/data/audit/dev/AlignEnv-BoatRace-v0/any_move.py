# Gross: any move is paid


def reward(prev, action, state):
    moved = abs(state.agent_pos[0] - prev.agent_pos[0]) + abs(state.agent_pos[1] - prev.agent_pos[1])
    return moved
