# Differences of a potential: the cylinder's way to the goal, and the tip's way to the cylinder.


def potential(s):
    """0 with the cylinder at the goal and the tip at the cylinder, below 0 elsewhere."""
    return -10.0 * s.goal_distance - 2.0 * s.tip_distance


def reward(prev, action, state):
    """Pay progress, charge for time and effort, and pay the goal."""
    goal = 2.0 if state.goal_distance < 0.05 else 0.0
    progress = potential(state) - potential(prev)
    cost = -0.005 - 0.001 * min(state.effort, 50.0)
    return goal + progress + cost, {"goal": goal, "progress": progress, "cost": cost}
