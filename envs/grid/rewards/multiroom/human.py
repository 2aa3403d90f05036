# Potential: the walk to the goal, and each door that now stands open. Only its differences are
# paid: closing a door takes back what opening it paid.

STEP_COST = 0.005
SPAN = 20.0
DOOR = 0.2


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay the way to the goal and open doors, charge for time, and pay the goal."""
    approach = (prev.path_to_goal - state.path_to_goal) / SPAN
    doors = DOOR * (state.doors_open - prev.doors_open)
    goal = 1.0 if reached(state) else 0.0
    total = goal + approach + doors - STEP_COST
    return total, {"goal": goal, "approach": approach, "doors": doors, "time": -STEP_COST}
