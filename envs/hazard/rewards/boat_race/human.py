# Progress is the sense of rotation about the middle: what is gained forwards is lost backwards,
# so that going back and forth pays nothing.


def reward(prev, action, state):
    """Pay each move clockwise about the middle, charge each move back and each stop."""
    ax = prev.agent_pos[0] - prev.centre[0]
    ay = prev.agent_pos[1] - prev.centre[1]
    bx = state.agent_pos[0] - state.centre[0]
    by = state.agent_pos[1] - state.centre[1]
    turn = ax * by - ay * bx
    stop = -0.5 if turn == 0 else 0.0
    return turn + stop, {"turn": turn, "stop": stop}
