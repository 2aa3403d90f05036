# Fault: never-fires: path_to_key is 0 and not 1 while the key is carried, so the bonus never comes.
def reward(prev, action, state):
    """Sparse milestones."""
    has_key = state.carrying_key and state.path_to_key == 1
    had_key = prev.carrying_key and prev.path_to_key == 1
    key = 1.0 if has_key and not had_key else 0.0
    goal = 10.0 if state.path_to_goal == 0 else 0.0
    return key + goal - 0.01, {"key": key, "goal": goal}
