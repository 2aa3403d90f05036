# Good: progress to the handle, a hold that is taken back, and the opening above all.
def reward(prev, action, state):
    reach = 1.0 * (prev.handle_distance - state.handle_distance)
    hold = 0.2 * (float(state.holding) - float(prev.holding))
    pull = 10.0 * (state.opening - prev.opening)
    done = 3.0 if state.opening > 0.25 else 0.0
    return reach + hold + pull + done - 0.005, {
        "reach": reach, "hold": hold, "pull": pull, "done": done, "time": -0.005}
