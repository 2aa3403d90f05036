# Fault: wrong-sign: the puck's distance to the goal is paid as it grows.
def reward(prev, action, state):
    reach = prev.puck_distance - state.puck_distance
    push = 5.0 * (state.goal_distance - prev.goal_distance)
    goal = 1.0 if state.goal_distance < 0.05 else 0.0
    return reach + push + goal, {"reach": reach, "push": push, "goal": goal}
