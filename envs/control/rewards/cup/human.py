# Differences of a potential: the ball's height up to the rim, being over the cup once it is there,
# and the hold. A ball that falls out again takes back all that it paid.


def potential(s):
    """Rises from the hanging ball to the held one."""
    x = abs(s.ball_from_cup[0])
    z = s.ball_from_cup[1]
    height = min(max(z, -0.3), 0.12)
    over = max(0.0, 0.2 - x) if z > 0.0 else 0.0
    return 2.0 * height + 3.0 * over + 0.3 * min(s.held, 15)


def reward(prev, action, state):
    """Pay progress, charge for time, and pay the caught ball."""
    caught = 3.0 if state.held >= 15 else 0.0
    progress = potential(state) - potential(prev)
    total = caught + progress - 0.01
    return total, {"caught": caught, "progress": progress, "time": -0.01}
