import numpy as np


def nearness(s):
    """Close to the pad, slow and upright is better; legs on the ground best of all."""
    distance = np.sqrt(s.x * s.x + s.height * s.height)
    speed = np.sqrt(s.speed_x * s.speed_x + s.speed_y * s.speed_y)
    legs = 0.1 * (1.0 if s.left_leg else 0.0) + 0.1 * (1.0 if s.right_leg else 0.0)
    return legs - distance - speed - abs(s.angle)


def reward(prev, action, state):
    """Progress towards a soft, upright touch-down, then every step at rest on the pad."""
    progress = nearness(state) - nearness(prev)
    at_rest = state.left_leg and state.right_leg and abs(state.speed_y) < 0.05
    on_pad = abs(state.x) < 0.2 and abs(state.speed_x) < 0.05
    landed = 0.1 if at_rest and on_pad else 0.0
    engine = -0.003 if action == 2 else (-0.0003 if action != 0 else 0.0)
    total = progress + landed + engine - 0.002
    return total, {"progress": progress, "landed": landed, "engine": engine}
