# Good: the element's level, with a part for being at the element and near its value.
def work(s):
    if s.line_right:
        return 0.0
    at = 0.2 if s.way_to_line == 0 else 0.0
    near = 0.0
    if s.way_to_line == 0 and s.focus_changes >= 0:
        near = 0.2 * (1.0 - s.focus_changes / 6.0)
    return at + near

def reward(prev, action, state):
    filled = float(state.n_right - prev.n_right)
    spoiled = -1.0 * (state.n_spoiled - prev.n_spoiled)
    focus = work(state) - work(prev)
    done = state.n_right == state.n_elements and state.n_spoiled == 0
    submit = (4.0 if done else -2.0 - prev.n_right) if state.submitted else 0.0
    return filled + spoiled + focus + submit - 0.01, {
        "filled": filled, "spoiled": spoiled, "focus": focus, "submit": submit}
