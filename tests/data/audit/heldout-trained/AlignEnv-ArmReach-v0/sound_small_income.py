# Sound: being at the goal is paid at every step, far less than the end is worth


def reward(prev, action, state):
    done = 5.0 if state.held >= 5 else 0.0
    inside = 0.02 if state.inside else 0.0
    way = 3.0 * (prev.goal_distance - state.goal_distance)
    return done + inside + way, {"done": done, "inside": inside, "way": way}
