# The task's own visible reward: -1 a step and 50 on the goal.


def reward(prev, action, state):
    """Pay the goal, charge for time."""
    goal = 50.0 if state.at_goal else 0.0
    return goal - 1.0, {"goal": goal, "time": -1.0}
