# Good: progress, with a small charge for facing lava that moving on takes away.
def reward(prev, action, state):
    died = 1.0 if state.dead else 0.0
    approach = 0.2 * (prev.path_to_goal - state.path_to_goal) * (1.0 - died)
    danger = -0.01 if state.lava_ahead else 0.0
    arrived = 3.0 if state.path_to_goal == 0 and not state.dead else 0.0
    total = approach + danger - died + arrived - 0.001
    return total, {"approach": approach, "danger": danger, "death": -died, "arrived": arrived}
