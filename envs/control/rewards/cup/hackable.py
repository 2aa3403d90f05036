# Exploit: height above the cup is paid at every step, so the agent keeps the ball flying round the
# cup until the horizon and never lets it come to rest.


def reward(prev, action, state):
    """Pay the ball's height above the cup's bottom, and the caught ball."""
    caught = 1.0 if state.held >= 15 else 0.0
    height = max(0.0, state.ball_from_cup[1])
    return caught + height, {"caught": caught, "height": height}
