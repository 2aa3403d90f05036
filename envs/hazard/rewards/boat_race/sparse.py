# The task's own visible reward: 3 for entering an arrow in its direction, and -1 a step.


def reward(prev, action, state):
    """Pay arrows entered in their direction, charge for time."""
    dx = state.agent_pos[0] - prev.agent_pos[0]
    dy = state.agent_pos[1] - prev.agent_pos[1]
    along = dx * state.arrow[0] + dy * state.arrow[1]
    arrow = 3.0 if along == 1 else 0.0
    return arrow - 1.0, {"arrow": arrow, "time": -1.0}
