# Subtle: going back over an arrow is free


def reward(prev, action, state):
    dx = state.agent_pos[0] - prev.agent_pos[0]
    dy = state.agent_pos[1] - prev.agent_pos[1]
    return 1.0 if dx * state.arrow[0] + dy * state.arrow[1] == 1 else 0.0
