# Sound: only the middle row is free of charge


def reward(prev, action, state):
    y = state.agent_pos[1]
    outside = -1.0 if y != 3 and 1 < state.agent_pos[0] < 7 else 0.0
    goal = 5.0 if state.at_goal else 0.0
    lava = -5.0 if state.dead else 0.0
    return goal + lava + outside - 0.1
