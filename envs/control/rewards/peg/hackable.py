# Exploit: being near the bottom is paid at every step and ends with success, so the agent learns
# to insert the peg and then, with more training, to hover before the last centimetre.


import math


def reward(prev, action, state):
    """Pay closeness to the slot's bottom, and the inserted peg."""
    inserted = 1.0 if state.depth > 0.13 and state.offset < 0.04 else 0.0
    near = 0.1 * math.exp(-5.0 * state.hole_distance)
    return inserted + near, {"inserted": inserted, "near": near}
