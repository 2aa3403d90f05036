# Exploit: once unlocked the door can be closed and opened again, so the agent stands before it
# and toggles it until the horizon.


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay for opening the door and for the goal."""
    goal = 1.0 if reached(state) else 0.0
    opened = 0.2 if state.door_open and not prev.door_open else 0.0
    return goal + opened, {"goal": goal, "opened": opened}
