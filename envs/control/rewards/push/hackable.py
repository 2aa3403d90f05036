# Exploit: the income ends with the episode, so the agent stays in touch with the puck until the
# horizon and never brings it to the goal.


def reward(prev, action, state):
    """Pay while the finger touches the puck, and for the goal."""
    goal = 1.0 if state.goal_distance < 0.05 else 0.0
    touch = 0.1 if state.touching else 0.0
    return goal + touch, {"goal": goal, "touch": touch}
