# Exploit: the income ends with the episode, so the agent fills in the form and waits for the
# horizon instead of submitting it.


def reward(prev, action, state):
    """Pay at every step for the share of the form that is right, and for the finished form."""
    share = 0.1 * state.n_right / state.n_elements
    is_filled = state.n_right == state.n_elements and state.n_spoiled == 0
    done = 1.0 if state.submitted and is_filled else 0.0
    return share + done, {"share": share, "done": done}
