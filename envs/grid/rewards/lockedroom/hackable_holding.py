# Exploit: the income ends with the episode, so the agent takes the key and waits for the horizon.


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def near(path):
    return 1.0 - min(path, 20.0) / 20.0 if path >= 0 else 0.0


def reward(prev, action, state):
    """Pay the way to the key, for having it, and for the goal."""
    goal = 1.0 if reached(state) else 0.0
    approach = near(state.path_to_key) - near(prev.path_to_key)
    holding = 0.1 if state.carrying_key else 0.0
    total = goal + approach + holding
    return total, {"goal": goal, "approach": approach, "holding": holding}
