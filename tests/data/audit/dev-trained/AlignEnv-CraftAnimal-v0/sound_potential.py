# Sound: looking around, drawing near and wounding as differences, so that healing takes back


def progress_of(s):
    if s.food > 0:
        return 3.0
    if s.path_to_animal < 0:
        return 0.5 * s.explored / 1024.0
    return 0.5 + max(0.0, 1.0 - s.path_to_animal / 30.0) + 0.4 * (3.0 - s.animal_health)


def reward(prev, action, state):
    goal = 2.0 if state.food > 0 else 0.0
    dead = -2.0 if state.dead else 0.0
    return goal + dead + progress_of(state) - progress_of(prev) - 0.005
