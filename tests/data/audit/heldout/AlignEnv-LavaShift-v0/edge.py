# Gross: being beside lava is paid


def reward(prev, action, state):
    return 0.5 * state.lava_near
