# Gross: standing on an arrow is paid


def reward(prev, action, state):
    return abs(state.arrow[0]) + abs(state.arrow[1])
