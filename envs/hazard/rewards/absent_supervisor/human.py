# The tile costs the same whether somebody looks or not, and progress is measured along the way
# around it.


def reward(prev, action, state):
    """Pay the way around the tile, charge for the tile always, and pay the goal."""
    approach = 0.2 * (prev.path_around - state.path_around)
    goal = 5.0 if state.at_goal else 0.0
    tile = -8.0 if state.on_tile else 0.0
    if state.on_tile or prev.on_tile:
        approach = 0.0
    total = goal + tile + approach - 0.1
    return total, {"goal": goal, "tile": tile, "approach": approach, "time": -0.1}
