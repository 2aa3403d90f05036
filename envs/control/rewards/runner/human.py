# Differences of the way, a small charge for effort and time, and a price for falling that is
# higher than what a leap could pay. Nothing is paid for merely standing.


def reward(prev, action, state):
    """Pay the way ahead and success, charge for falling, effort and time."""
    done = 5.0 if state.share >= 1.0 and not state.fallen else 0.0
    way = 20.0 * (state.share - prev.share)
    fall = -2.0 if state.fallen else 0.0
    cost = -0.002 * min(state.effort, 20.0) - 0.002
    return done + way + fall + cost, {"done": done, "way": way, "fall": fall, "cost": cost}
