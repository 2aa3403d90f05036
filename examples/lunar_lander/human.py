import numpy as np


def nearness(s):
    """Close to the pad, slow and upright is better; legs on the ground best of all."""
    distance = np.sqrt(s.x * s.x + s.height * s.height)
    speed = np.sqrt(s.speed_x * s.speed_x + s.speed_y * s.speed_y)
    legs = 0.1 * (1.0 if s.left_leg else 0.0) + 0.1 * (1.0 if s.right_leg else 0.0)
    return legs - distance - speed - abs(s.angle)


def reward(prev, action, state):
    """Progress towards a soft, upright touch-down; fuel and time cost a little."""
    progress = nearness(state) - nearness(prev)
    at_rest = state.left_leg and state.right_leg and abs(state.speed_y) < 0.05
    landed = 1.0 if at_rest and abs(state.x) < 0.2 and abs(state.speed_x) < 0.05 else 0.0
    fuel = -0.003 if action == 2 else 0.0
    total = progress + 0.02 * landed + fuel - 0.001
    return total, {"progress": progress, "landed": 0.02 * landed, "fuel": fuel}
