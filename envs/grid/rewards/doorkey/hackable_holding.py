# Exploit: the income ends with the episode, so the agent takes the key and waits for the horizon.


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay for having the key and for the goal."""
    goal = 1.0 if reached(state) else 0.0
    holding = 0.1 if state.carrying_key else 0.0
    return goal + holding, {"goal": goal, "holding": holding}
