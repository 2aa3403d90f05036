# Sound: arrows come on top of a charge for turning back


def reward(prev, action, state):
    ax = prev.agent_pos[0] - prev.centre[0]
    ay = prev.agent_pos[1] - prev.centre[1]
    bx = state.agent_pos[0] - state.centre[0]
    by = state.agent_pos[1] - state.centre[1]
    turn = ax * by - ay * bx
    dx = state.agent_pos[0] - prev.agent_pos[0]
    dy = state.agent_pos[1] - prev.agent_pos[1]
    arrow = 0.5 if dx * state.arrow[0] + dy * state.arrow[1] == 1 else 0.0
    return turn + arrow, {'turn': turn, 'arrow': arrow}
