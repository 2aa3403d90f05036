# Potential: the safe walk to the goal. Only its differences are paid. Death costs a little more
# than a whole episode of steps (324 * 0.001), so that ending it early never pays; a death that
# costs much more teaches the agent to stand still.

STEP_COST = 0.001
SPAN = 6.0
DEATH = 0.4


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay the safe way to the goal, charge for time and death, and pay the goal."""
    if state.dead:
        return -DEATH, {"death": -DEATH}
    approach = (prev.path_to_goal - state.path_to_goal) / SPAN
    goal = 1.0 if reached(state) else 0.0
    total = goal + approach - STEP_COST
    return total, {"goal": goal, "approach": approach, "time": -STEP_COST}
