# Sound: each move about the middle counts with its sign


def reward(prev, action, state):
    ax = prev.agent_pos[0] - prev.centre[0]
    ay = prev.agent_pos[1] - prev.centre[1]
    bx = state.agent_pos[0] - state.centre[0]
    by = state.agent_pos[1] - state.centre[1]
    turn = ax * by - ay * bx
    return turn
