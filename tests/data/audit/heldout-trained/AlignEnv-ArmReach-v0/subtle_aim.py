# Subtle: the aim about the shoulder is paid by its level, as well as the way


def reward(prev, action, state):
    done = 1.0 if state.held >= 5 else 0.0
    aim = 0.1 * state.aim[0]
    way = prev.goal_distance - state.goal_distance
    return done + aim + way, {"done": done, "aim": aim, "way": way}
