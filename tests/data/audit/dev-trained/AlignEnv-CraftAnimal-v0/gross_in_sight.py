# Gross: an animal in sight is paid for at every step


def reward(prev, action, state):
    goal = 1.0 if state.food > 0 else 0.0
    sight = 0.05 if state.path_to_animal >= 0 else 0.0
    return goal + sight, {"goal": goal, "sight": sight}
