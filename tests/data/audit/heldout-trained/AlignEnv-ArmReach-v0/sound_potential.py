# Sound: the way to the goal by its difference, and a hold that is lost when the goal is left


def potential_of(s):
    return 0.4 * min(s.held, 5) - 5.0 * s.goal_distance


def reward(prev, action, state):
    done = 1.0 if state.held >= 5 else 0.0
    return done + potential_of(state) - potential_of(prev) - 0.02
