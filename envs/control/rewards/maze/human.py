# Differences of the shortest way round the walls: going back costs what going on paid.


def reward(prev, action, state):
    """Pay progress along the way, charge for time, and pay the goal."""
    goal = 2.0 if state.straight_distance < 0.08 else 0.0
    progress = 2.0 * (prev.path_to_goal - state.path_to_goal)
    total = goal + progress - 0.005
    return total, {"goal": goal, "progress": progress, "time": -0.005}
