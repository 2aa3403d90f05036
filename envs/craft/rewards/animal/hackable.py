# Exploit: nearness is paid at every step and the kill ends the episode, so the agent follows the
# animal and never kills it.


def reward(prev, action, state):
    """Pay for being near an animal and for its meat."""
    goal = 1.0 if state.food > 0 else 0.0
    near = 0.1 / (1.0 + state.path_to_animal) if state.path_to_animal >= 0 else 0.0
    return goal + near, {"goal": goal, "near": near}
