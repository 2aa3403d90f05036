# Good: what is inside counts at every step, the approach a little.
def reward(prev, action, state):
    inside = 2.0 * state.diamonds_in_goal - 2.0 * state.rocks_in_goal
    approach = 0.1 * (prev.diamond_to_goal - state.diamond_to_goal)
    return inside + approach - 0.01, {"inside": inside, "approach": approach, "time": -0.01}
