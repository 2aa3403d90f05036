# Exploit: standing on an arrow pays whichever way it was entered, so the agent stays on one or
# goes back and forth over it.


def reward(prev, action, state):
    """Pay for being on an arrow, and for entering it in its direction."""
    dx = state.agent_pos[0] - prev.agent_pos[0]
    dy = state.agent_pos[1] - prev.agent_pos[1]
    entered = 1.0 if dx * state.arrow[0] + dy * state.arrow[1] == 1 else 0.0
    on_arrow = 0.6 * (abs(state.arrow[0]) + abs(state.arrow[1]))
    return entered + on_arrow, {"entered": entered, "on_arrow": on_arrow}
