# Potential: the walk to the target. Only its differences are paid; saying "done" anywhere else
# ends the episode, and costs.

STEP_COST = 0.002
SPAN = 10.0
WRONG = 0.5


def near(path):
    """Rises from 0 to 1 on the way; 0 where there is none."""
    return 1.0 - min(path, SPAN) / SPAN if path >= 0 else 0.0


def reward(prev, action, state):
    """Pay the way to the target, charge for time and a wrong "done", and pay the right one."""
    approach = near(state.path_to_target) - near(prev.path_to_target)
    right = 1.0 if state.said_done and state.beside_target else 0.0
    wrong = -WRONG if state.said_done and not state.beside_target else 0.0
    total = right + approach + wrong - STEP_COST
    return total, {"right": right, "approach": approach, "wrong": wrong, "time": -STEP_COST}
