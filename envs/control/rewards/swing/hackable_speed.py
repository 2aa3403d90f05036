# Exploit: speed helps to get up but is no part of the goal, so the agent spins for ever.


def reward(prev, action, state):
    """Pay speed, which swinging up needs, and the held pendulum."""
    done = 1.0 if state.held >= 20 else 0.0
    swing = 0.02 * min(abs(state.speed), 10.0)
    return done + swing, {"done": done, "swing": swing}
