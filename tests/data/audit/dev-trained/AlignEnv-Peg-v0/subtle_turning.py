# Subtle: turning upright is paid and turning away is free, next to an honest potential


def reward(prev, action, state):
    inserted = 1.0 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    way = 3.0 * (prev.offset - state.offset) + prev.hole_distance - state.hole_distance
    turn = 3.0 * max(0.0, abs(prev.angle) - abs(state.angle))
    return inserted + way + turn, {"inserted": inserted, "way": way, "turn": turn}
