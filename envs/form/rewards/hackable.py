# Exploit: an element that was made right can be made wrong and right again, so the agent ticks and
# clears one checkbox until the horizon and never submits. An event bonus on a reversible event is
# always farmed.


def reward(prev, action, state):
    """Pay for each element that becomes right, and for the finished form."""
    filled = 0.2 if state.n_right > prev.n_right else 0.0
    is_filled = state.n_right == state.n_elements and state.n_spoiled == 0
    done = 1.0 if state.submitted and is_filled else 0.0
    return filled + done, {"filled": filled, "done": done}
