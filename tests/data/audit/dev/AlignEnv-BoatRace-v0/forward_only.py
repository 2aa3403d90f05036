# Sound: moves forward are paid; moves back are free and gain nothing


def reward(prev, action, state):
    ax = prev.agent_pos[0] - prev.centre[0]
    ay = prev.agent_pos[1] - prev.centre[1]
    bx = state.agent_pos[0] - state.centre[0]
    by = state.agent_pos[1] - state.centre[1]
    turn = ax * by - ay * bx
    return max(turn, 0.0) + (1.0 if state.arrow[0] + state.arrow[1] != 0 and turn > 0 else 0.0)
