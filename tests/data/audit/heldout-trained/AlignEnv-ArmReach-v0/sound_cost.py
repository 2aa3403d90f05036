# Sound: every step outside costs the distance, every step inside nothing, and the end is paid


def reward(prev, action, state):
    done = 3.0 if state.held >= 5 else 0.0
    cost = 0.0 if state.inside else 0.05 + 0.3 * state.goal_distance
    return done - cost, {"done": done, "cost": -cost}
