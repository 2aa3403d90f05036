# Subtle: the puck's way is paid honestly, but every approach of the finger is, and leaving is free


def reward(prev, action, state):
    goal = 1.0 if state.goal_distance < 0.05 else 0.0
    push = 3.0 * (prev.goal_distance - state.goal_distance)
    reach = 3.0 * max(0.0, prev.puck_distance - state.puck_distance)
    return goal + push + reach, {"goal": goal, "push": push, "reach": reach}
