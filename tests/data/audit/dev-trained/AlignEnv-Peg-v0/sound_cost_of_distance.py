# Sound: every step costs the distance that is left, so that only the end stops the cost


def reward(prev, action, state):
    inserted = 5.0 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    cost = 0.3 * state.hole_distance + 0.3 * state.offset + 0.1 * abs(state.angle)
    return inserted - cost, {"inserted": inserted, "cost": -cost}
