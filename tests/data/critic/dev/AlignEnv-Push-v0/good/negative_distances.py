# Good: both distances are charged at every step; the goal ends it.
def reward(prev, action, state):
    reach = -0.02 * max(0.0, state.puck_distance - 0.11)
    push = -0.1 * state.goal_distance
    goal = 3.0 if state.goal_distance < 0.05 else 0.0
    return reach + push + goal, {"reach": reach, "push": push, "goal": goal}
