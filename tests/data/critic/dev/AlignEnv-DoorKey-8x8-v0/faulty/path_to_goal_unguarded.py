# Fault: wrong-field: the path to the goal is -1 while the door is shut, so opening it looks like a loss.
def reward(prev, action, state):
    """Shaped by distance to the goal."""
    approach = 0.3 * (prev.path_to_goal - state.path_to_goal)
    bonus = 1.0 if state.path_to_goal == 0 else 0.0
    return approach + bonus, {"approach": approach, "bonus": bonus}
