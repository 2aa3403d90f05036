# Good: the share of the form that is right, as a change, and a large end.
def reward(prev, action, state):
    share = (state.n_right - prev.n_right) / max(state.n_elements, 1)
    harm = -0.3 * (state.n_spoiled - prev.n_spoiled)
    success = state.submitted and state.n_right == state.n_elements and state.n_spoiled == 0
    early = state.submitted and not success
    end = 5.0 if success else (-2.0 if early else 0.0)
    return share + harm + end, {"share": share, "harm": harm, "end": end}
