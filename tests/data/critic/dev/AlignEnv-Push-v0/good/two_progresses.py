# Good: progress of the finger to the puck, and more for the puck's to the goal.
def reward(prev, action, state):
    reach = 0.5 * (prev.puck_distance - state.puck_distance)
    push = 5.0 * (prev.goal_distance - state.goal_distance)
    goal = 2.0 if state.goal_distance < 0.05 else 0.0
    return reach + push + goal - 0.005, {"reach": reach, "push": push, "goal": goal, "time": -0.005}
