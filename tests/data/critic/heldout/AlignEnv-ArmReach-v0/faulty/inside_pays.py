# Fault: farmable: being inside pays at each step and the end little, so leaving before the fifth step is best.
def reward(prev, action, state):
    inside = 1.0 if state.inside else 0.0
    progress = prev.goal_distance - state.goal_distance
    done = 0.5 if state.held >= 5 else 0.0
    return inside + progress + done, {"inside": inside, "progress": progress, "done": done}
