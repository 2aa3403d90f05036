# Subtle: coming nearer is paid and going back is free


def reward(prev, action, state):
    inserted = 0.5 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    gain = 5.0 * max(0.0, prev.hole_distance - state.hole_distance)
    return inserted + gain, {"inserted": inserted, "gain": gain}
