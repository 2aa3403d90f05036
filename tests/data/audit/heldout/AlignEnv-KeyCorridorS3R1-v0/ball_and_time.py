# Sound: the ball, and a charge for time


def reward(prev, action, state):
    ball = 1.0 if state.carrying_ball else 0.0
    return ball - 0.003
