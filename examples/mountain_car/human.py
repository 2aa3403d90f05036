# The car's mechanical energy as a potential: only its differences are paid, so that swinging for
# ever earns nothing, and what is gained on the way to the flag cannot be gained twice.

import math

FULL = 0.00165
STEP_COST = 0.002


def energy(state):
    """1 for a car that has just enough to reach the flag, 0 for one at rest in the valley."""
    kinetic = 0.5 * state.velocity * state.velocity
    height = 0.0025 / 3.0 * (math.sin(3.0 * state.position) + 1.0)
    return (kinetic + height) / FULL


def reward(prev, action, state):
    """Pay gained energy and the flag, charge for time."""
    gained = energy(state) - energy(prev)
    flag = 1.0 if state.position >= 0.45 else 0.0
    total = flag + gained - STEP_COST
    return total, {"flag": flag, "gained": gained, "time": -STEP_COST}
