# Gross: any end is better than time


def reward(prev, action, state):
    return -1.0
