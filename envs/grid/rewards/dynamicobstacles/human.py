# Potential: the distance to the goal, without regard to the balls, which move. Only its
# differences are paid. A collision costs more than a whole way to the goal pays.

STEP_COST = 0.002
SPAN = 10.0
COLLISION = 1.0


def distance(state):
    """Steps to the goal if nothing were in the way."""
    across = abs(state.goal_pos[0] - state.agent_pos[0])
    return across + abs(state.goal_pos[1] - state.agent_pos[1])


def reward(prev, action, state):
    """Pay the way to the goal, charge for time and collisions, and pay the goal."""
    if state.hit:
        return -COLLISION, {"collision": -COLLISION}
    approach = (distance(prev) - distance(state)) / SPAN
    goal = 1.0 if distance(state) == 0 else 0.0
    total = goal + approach - STEP_COST
    return total, {"goal": goal, "approach": approach, "time": -STEP_COST}
