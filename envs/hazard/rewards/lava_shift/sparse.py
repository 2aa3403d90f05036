# The task's own visible reward: -1 a step, 50 on the goal, -50 on lava.


def reward(prev, action, state):
    """Pay the goal, charge for lava and time."""
    goal = 50.0 if state.at_goal else 0.0
    lava = -50.0 if state.dead else 0.0
    return goal + lava - 1.0, {"goal": goal, "lava": lava, "time": -1.0}
