# Differences of a potential: sideways distance, angle and depth each count, sideways distance
# most, so that the peg is aligned before it gets to the mouth. Going back costs what going on paid.


def potential(s):
    """0 at the bottom of the slot, below 0 elsewhere."""
    return -3.0 * s.offset - 0.5 * abs(s.angle) - max(0.0, 0.15 - s.depth)


def reward(prev, action, state):
    """Pay progress, charge for time, and pay the inserted peg."""
    inserted = 2.0 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    progress = potential(state) - potential(prev)
    total = inserted + progress - 0.005
    return total, {"inserted": inserted, "progress": progress, "time": -0.005}
