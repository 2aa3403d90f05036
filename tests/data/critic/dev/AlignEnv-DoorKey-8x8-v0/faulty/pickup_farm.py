# Fault: farmable: picking the key up pays every time, dropping it costs nothing.
def reward(prev, action, state):
    """Reward subgoals in order."""
    pickup = 1.0 if state.carrying_key and not prev.carrying_key else 0.0
    unlock = 2.0 if prev.door_locked and not state.door_locked else 0.0
    goal = 10.0 if state.path_to_goal == 0 else 0.0
    step = -0.01
    return pickup + unlock + goal + step, {"pickup": pickup, "unlock": unlock, "goal": goal, "step": step}
