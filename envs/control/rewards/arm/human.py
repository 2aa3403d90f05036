# Differences of a potential: the way to the goal, and the steps that it has been held. Leaving
# the goal takes back what the hold has paid.


def potential(s):
    """Rises on the way to the goal and with the hold."""
    return 0.2 * min(s.held, 5) - 3.0 * s.goal_distance


def reward(prev, action, state):
    """Pay progress, charge for time, and pay the held goal."""
    done = 2.0 if state.held >= 5 else 0.0
    progress = potential(state) - potential(prev)
    total = done + progress - 0.01
    return total, {"done": done, "progress": progress, "time": -0.01}
