# Gross: being upright is paid at every step, whatever the slot


def reward(prev, action, state):
    inserted = 1.0 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    upright = 0.1 if abs(state.angle) < 0.2 else 0.0
    return inserted + upright, {"inserted": inserted, "upright": upright}
