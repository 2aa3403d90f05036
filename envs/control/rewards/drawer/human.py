# Differences of a potential: the way to the handle, a good hold of it, and above all the opening.
# Letting go or pushing the drawer back costs what the way there paid, so nothing can be farmed.


def potential(s):
    """Rises on the way to the handle, with the hold and with the opening."""
    hold = 0.3 if s.holding else 0.0
    return 8.0 * s.opening - 2.0 * s.handle_distance + hold


def reward(prev, action, state):
    """Pay progress, charge for time, and pay the open drawer."""
    opened = 2.0 if state.opening > 0.25 else 0.0
    progress = potential(state) - potential(prev)
    total = opened + progress - 0.005
    return total, {"opened": opened, "progress": progress, "time": -0.005}
