# Two differences of a potential: the puck's way to the goal, and the finger's way to the place
# behind the puck, from where it can be pushed there. Moving back costs what moving on paid, so
# that nothing can be farmed; a cost per step asks for haste.

import numpy as np


def behind(s):
    """Distance of the finger from the place behind the puck, seen from the goal."""
    away = (s.puck_pos - s.goal_pos) / max(s.goal_distance, 0.000001)
    return np.linalg.norm(s.finger_pos - (s.puck_pos + 0.11 * away))


def reward(prev, action, state):
    """Pay progress of the puck and of the finger, charge for time, and pay the goal."""
    goal = 2.0 if state.goal_distance < 0.05 else 0.0
    push = 5.0 * (prev.goal_distance - state.goal_distance)
    place = 1.5 * (behind(prev) - behind(state))
    total = goal + push + place - 0.005
    return total, {"goal": goal, "push": push, "place": place, "time": -0.005}
