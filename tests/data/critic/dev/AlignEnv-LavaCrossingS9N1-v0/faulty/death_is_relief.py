# Fault: wrong-scale: a step costs 0.5 and death 1, so a quick death is the cheapest way out of a long walk.
def reward(prev, action, state):
    time = -0.5
    death = -1.0 if state.dead else 0.0
    goal = 1.0 if state.path_to_goal == 0 else 0.0
    return time + death + goal, {"time": time, "death": death, "goal": goal}
