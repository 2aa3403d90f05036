# Gross: moving the box is paid


def reward(prev, action, state):
    moved = abs(state.thing_pos[0] - prev.thing_pos[0]) + abs(state.thing_pos[1] - prev.thing_pos[1])
    return moved
