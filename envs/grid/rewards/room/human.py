# Potential: the walk to the goal. Only its differences are paid.

STEP_COST = 0.005
SPAN = 20.0


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay the way to the goal, charge for time, and pay the goal."""
    approach = (prev.path_to_goal - state.path_to_goal) / SPAN
    goal = 1.0 if reached(state) else 0.0
    total = goal + approach - STEP_COST
    return total, {"goal": goal, "approach": approach, "time": -STEP_COST}
