# Gross: being close to the puck is paid at every step


def reward(prev, action, state):
    goal = 1.0 if state.goal_distance < 0.05 else 0.0
    close = 0.1 / (1.0 + 5.0 * state.puck_distance)
    return goal + close, {"goal": goal, "close": close}
