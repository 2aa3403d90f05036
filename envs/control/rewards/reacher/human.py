# Differences of a potential: the way to the target and the hold; leaving takes both back. A small
# charge for effort keeps the arm calm at the target.


def potential(s):
    """Rises on the way to the target and with the hold."""
    return 0.2 * min(s.held, 5) - 10.0 * s.distance


def reward(prev, action, state):
    """Pay progress, charge for time and effort, and pay the held target."""
    done = 2.0 if state.held >= 5 else 0.0
    progress = potential(state) - potential(prev)
    cost = -0.01 - 0.01 * min(state.effort, 10.0)
    return done + progress + cost, {"done": done, "progress": progress, "cost": cost}
