# Good: as a level: right elements, less spoiled ones, and a little for reading a line that is not done.
def level(s):
    reading = 0.0 if s.line_right else 0.2
    at_it = 0.2 if not s.line_right and s.way_to_line == 0 else 0.0
    return s.n_right - 1.5 * s.n_spoiled + reading + at_it

def reward(prev, action, state):
    progress = level(state) - level(prev)
    all_done = state.n_right == state.n_elements and state.n_spoiled == 0
    end = (3.0 if all_done else -3.0) if state.submitted else 0.0
    return progress + end - 0.01, {"progress": progress, "end": end, "time": -0.01}
