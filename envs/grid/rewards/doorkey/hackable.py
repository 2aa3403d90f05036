# Exploit: the key can be dropped and picked up again, so the agent does nothing else and never
# opens the door. An event bonus on a reversible event is always farmed.


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay for taking the key and for the goal."""
    goal = 1.0 if reached(state) else 0.0
    picked = 0.2 if state.carrying_key and not prev.carrying_key else 0.0
    return goal + picked, {"goal": goal, "picked": picked}
