# Sound: a lock opens only once


def reward(prev, action, state):
    ball = 1.0 if state.carrying_ball else 0.0
    lock = 0.5 if prev.door_locked and not state.door_locked else 0.0
    return ball + lock - 0.003, {'ball': ball, 'lock': lock}
