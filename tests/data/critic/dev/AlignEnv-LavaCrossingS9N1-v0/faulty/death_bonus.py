# Fault: wrong-sign: death is written as a charge and then subtracted once more.
def reward(prev, action, state):
    progress = 0.05 * (prev.path_to_goal - state.path_to_goal) if not state.dead else 0.0
    death = -3.0 if state.dead else 0.0
    goal = 2.0 if state.path_to_goal == 0 else 0.0
    return progress - death + goal, {"progress": progress, "death": death, "goal": goal}
