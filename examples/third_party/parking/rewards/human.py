# Differences of the distance to the mark, a small charge for time, and the goal.


def reward(prev, action, state):
    """Pay the way to the mark, charge for time, and pay for parking."""
    approach = abs(prev.gap) - abs(state.gap)
    parked = 1.0 if state.parked else 0.0
    return parked + approach - 0.005, {"parked": parked, "approach": approach, "time": -0.005}
