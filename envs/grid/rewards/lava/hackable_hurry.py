# Exploit: every step costs its distance to the goal and death is free, so the cheapest episode
# is a short one: the agent steps on lava at once.


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Charge for the distance that is left, and pay for the goal."""
    goal = 1.0 if reached(state) else 0.0
    distance = -0.02 * state.path_to_goal
    return goal + distance, {"goal": goal, "distance": distance}
