# Exploit: being in a later room pays at every step and the goal ends the income, so waiting in
# the last room pays more than finishing.


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay for the rooms passed and for the goal."""
    goal = 1.0 if reached(state) else 0.0
    rooms = 0.1 * state.room_index
    return goal + rooms, {"goal": goal, "rooms": rooms}
