# Potential: the walk to the right cell. Only its differences are paid; the wrong cell costs.

STEP_COST = 0.002
SPAN = 10.0
WRONG = 0.5


def at(state, cell):
    return state.agent_pos[0] == cell[0] and state.agent_pos[1] == cell[1]


def reward(prev, action, state):
    """Pay the way to the right cell, charge for time and the wrong cell, and pay arrival."""
    approach = (prev.path_to_target - state.path_to_target) / SPAN
    target = 1.0 if at(state, state.target_pos) else 0.0
    wrong = -WRONG if at(state, state.trap_pos) else 0.0
    total = target + approach + wrong - STEP_COST
    return total, {"target": target, "approach": approach, "wrong": wrong, "time": -STEP_COST}
