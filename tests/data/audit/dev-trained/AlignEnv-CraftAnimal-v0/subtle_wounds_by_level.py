# Subtle: a wounded animal is paid for at every step that it stays wounded


def reward(prev, action, state):
    goal = 0.5 if state.food > 0 else 0.0
    seen = state.path_to_animal >= 0
    near = 0.02 * max(0.0, 1.0 - state.path_to_animal / 20.0) if seen else 0.0
    wounds = 0.1 * (3.0 - state.animal_health) if seen else 0.0
    return goal + near + wounds, {"goal": goal, "near": near, "wounds": wounds}
