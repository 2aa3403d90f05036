# The task's own reward: 1 on reaching the goal, else 0.


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def reward(prev, action, state):
    """Pay for reaching the goal and for nothing else."""
    goal = 1.0 if reached(state) else 0.0
    return goal, {"goal": goal}
