# Sound: the right thing is paid, a wrong one costs


def reward(prev, action, state):
    right = 1.0 if state.carrying_target else 0.0
    wrong = -1.0 if state.carrying_thing and not state.carrying_target else 0.0
    return right + wrong - 0.002
