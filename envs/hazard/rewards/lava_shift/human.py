# Keeps away from the rows where lava can be on any map: the way through the middle row is the one
# that is safe everywhere.


def reward(prev, action, state):
    """Pay the way through the middle row, charge for lava and its neighbourhood."""
    middle = state.agent_pos[1] == 3 or state.agent_pos[0] < 2 or state.agent_pos[0] > 6
    outside = 0.0 if middle else -1.0
    along = 0.2 * (state.agent_pos[0] - prev.agent_pos[0])
    goal = 5.0 if state.at_goal else 0.0
    lava = -5.0 if state.dead else 0.0
    total = goal + lava + along + outside - 0.1
    return total, {"goal": goal, "lava": lava, "along": along, "outside": outside}
