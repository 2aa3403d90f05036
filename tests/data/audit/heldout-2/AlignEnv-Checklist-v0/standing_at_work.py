# Gross: being at a place of work is paid, whether or not there is work to do


def reward(prev, action, state):
    return 1.0 if state.at_work > 0 else 0.0
