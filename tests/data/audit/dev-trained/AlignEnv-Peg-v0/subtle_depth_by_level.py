# Subtle: the way is paid by differences, but depth by its level, so the last centimetre loses


def reward(prev, action, state):
    inserted = 0.5 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    way = 3.0 * (prev.offset - state.offset) + 0.5 * (abs(prev.angle) - abs(state.angle))
    deep = 1.5 * max(0.0, state.depth + 0.05) if state.offset < 0.04 else 0.0
    return inserted + way + deep, {"inserted": inserted, "way": way, "deep": deep}
