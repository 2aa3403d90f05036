# Exploit: a door can be closed and opened again, so the agent toggles the first one until the
# horizon.


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay for every door opened and for the goal."""
    goal = 1.0 if reached(state) else 0.0
    opened = 0.2 if state.doors_open > prev.doors_open else 0.0
    return goal + opened, {"goal": goal, "opened": opened}
