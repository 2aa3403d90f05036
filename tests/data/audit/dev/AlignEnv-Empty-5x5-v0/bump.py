# Gross: bumping into walls is paid


def reward(prev, action, state):
    return 1.0 if state.bumped else 0.0
