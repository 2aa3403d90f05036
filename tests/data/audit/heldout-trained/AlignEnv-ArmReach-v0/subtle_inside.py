# Subtle: an honest way, but each step at the goal pays, so it is left before the hold is complete


def reward(prev, action, state):
    done = 0.5 if state.held >= 5 else 0.0
    inside = 0.2 if state.inside else 0.0
    way = 2.0 * (prev.goal_distance - state.goal_distance)
    return done + inside + way, {"done": done, "inside": inside, "way": way}
