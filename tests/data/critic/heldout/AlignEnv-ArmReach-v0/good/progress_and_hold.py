# Good: progress to the goal, steps held as a difference, and the end.
def reward(prev, action, state):
    progress = 2.0 * (prev.goal_distance - state.goal_distance)
    hold = 0.2 * (min(state.held, 5) - min(prev.held, 5))
    done = 2.0 if state.held >= 5 else 0.0
    return progress + hold + done - 0.01, {"progress": progress, "hold": hold, "done": done, "time": -0.01}
