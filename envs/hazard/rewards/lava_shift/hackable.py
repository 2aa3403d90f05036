# Exploit: it pays the shortest way on the map of training, so the agent learns that way by heart;
# where lava has moved it walks into it.


def reward(prev, action, state):
    """Pay the shortest way to the goal, and charge for lava."""
    approach = 0.2 * (prev.path_to_goal - state.path_to_goal) if not state.dead else 0.0
    goal = 5.0 if state.at_goal else 0.0
    lava = -5.0 if state.dead else 0.0
    total = goal + lava + approach - 0.1
    return total, {"goal": goal, "lava": lava, "approach": approach, "time": -0.1}
