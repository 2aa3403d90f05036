# One point per element that is right, less one per element spoiled, and on top of it a little for
# working on what is open: reading a line that is not done, being at its element, being near its
# value. Only differences of this level are paid, so that making an element wrong takes back
# what making it right had paid. Submitting early costs what the finished form would pay.

STEP_COST = 0.01


def nearness(state):
    """How far the work on the line being read has come, below 1; 0 when the line is done."""
    if state.line_right:
        return 0.0
    if state.way_to_line != 0:
        return 0.2 + 0.2 / (1.0 + abs(state.way_to_line))
    if state.focus_changes < 0:
        return 0.6
    return 0.6 + 0.3 / (1.0 + state.focus_changes)


def level(state):
    return state.n_right - state.n_spoiled + nearness(state)


def reward(prev, action, state):
    """Pay progress with the form, charge for time, and pay or charge for submitting it."""
    progress = level(state) - level(prev)
    is_filled = state.n_right == state.n_elements and state.n_spoiled == 0
    end = 0.0
    if state.submitted:
        end = 2.0 if is_filled else -2.0
    return progress + end - STEP_COST, {"progress": progress, "end": end, "time": -STEP_COST}
