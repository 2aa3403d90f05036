# Exploit: the throw needs speed, but speed is no part of the goal, so the agent whirls the ball
# round until the horizon and never lets it come to rest.


def reward(prev, action, state):
    """Pay the ball's speed, and the caught ball."""
    caught = 1.0 if state.held >= 15 else 0.0
    square = state.ball_vel[0] * state.ball_vel[0] + state.ball_vel[1] * state.ball_vel[1]
    speed = 0.05 * min(square**0.5, 5.0)
    return caught + speed, {"caught": caught, "speed": speed}
