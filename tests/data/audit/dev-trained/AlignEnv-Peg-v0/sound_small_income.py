# Sound: nearness is paid at every step, but all of it is worth less than the inserted peg

import math


def potential_of(s):
    return -3.0 * s.offset - 0.5 * abs(s.angle) - max(0.0, 0.15 - s.depth)


def reward(prev, action, state):
    inserted = 5.0 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    near = 0.01 * math.exp(-5.0 * state.hole_distance)
    return inserted + near + potential_of(state) - potential_of(prev)
