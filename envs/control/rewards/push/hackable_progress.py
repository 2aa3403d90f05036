# Exploit: progress is paid and moving back is free, so the finger goes to and fro before the puck
# and is paid for every approach.


def reward(prev, action, state):
    """Pay progress of finger and puck where there is some, and the goal."""
    goal = 1.0 if state.goal_distance < 0.05 else 0.0
    reach = 3.0 * max(0.0, prev.puck_distance - state.puck_distance)
    push = 3.0 * max(0.0, prev.goal_distance - state.goal_distance)
    return goal + reach + push, {"goal": goal, "reach": reach, "push": push}
