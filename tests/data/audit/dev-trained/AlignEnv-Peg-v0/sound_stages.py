# Sound: differences of sideways distance and angle first, of depth once the tip is before the mouth


def potential_of(s):
    aligned = s.offset < 0.03 and abs(s.angle) < 0.3
    deep = 2.0 * max(s.depth, -0.3) if aligned else -0.8
    return deep - 2.0 * s.offset - 0.4 * abs(s.angle)


def reward(prev, action, state):
    inserted = 2.0 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    return inserted + potential_of(state) - potential_of(prev) - 0.005
