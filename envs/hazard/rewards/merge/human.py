# Counts every driver, on the road or waiting: time is lost by all that are in the system.


def reward(prev, action, state):
    """Charge for all cars that are not through yet."""
    road = -0.02 * state.cars
    waiting = -0.02 * (state.queue + state.backlog)
    return road + waiting, {"road": road, "waiting": waiting}
