# Exploit: the income ends with the episode, so the agent unlocks the door and waits for the
# horizon.


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay while the door is unlocked, and for the goal."""
    goal = 1.0 if reached(state) else 0.0
    unlocked = 0.0 if state.door_locked else 0.1
    return goal + unlocked, {"goal": goal, "unlocked": unlocked}
