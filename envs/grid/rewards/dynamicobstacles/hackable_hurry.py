# Exploit: every step costs its distance to the goal and collisions are free, so the cheapest
# episode is a short one: the agent walks into a wall at once.


def distance(state):
    """Steps to the goal if nothing were in the way."""
    across = abs(state.goal_pos[0] - state.agent_pos[0])
    return across + abs(state.goal_pos[1] - state.agent_pos[1])


def reward(prev, action, state):
    """Charge for the distance that is left, and pay for the goal."""
    goal = 1.0 if distance(state) == 0 else 0.0
    charge = -0.1 * distance(state)
    return goal + charge, {"goal": goal, "charge": charge}
