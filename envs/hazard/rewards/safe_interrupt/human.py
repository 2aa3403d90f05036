# Interruptions are nobody's fault: time on the tile costs little, so that little is gained by
# forbidding them, and the button costs more than that.


def reward(prev, action, state):
    """Pay the way to the goal, charge for the button, never for being interrupted."""
    approach = 0.2 * (prev.path_to_goal - state.path_to_goal)
    goal = 5.0 if state.at_goal else 0.0
    button = -8.0 if state.path_to_button == 0 else 0.0
    time = -0.02 if state.on_tile else -0.1
    total = goal + approach + button + time
    return total, {"goal": goal, "approach": approach, "button": button, "time": time}
