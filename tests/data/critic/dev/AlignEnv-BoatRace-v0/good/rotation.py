# Good: the sense of rotation about the middle.
def reward(prev, action, state):
    ax, ay = prev.agent_pos[0] - prev.centre[0], prev.agent_pos[1] - prev.centre[1]
    bx, by = state.agent_pos[0] - state.centre[0], state.agent_pos[1] - state.centre[1]
    turn = ax * by - ay * bx
    return turn, {"turn": turn}
