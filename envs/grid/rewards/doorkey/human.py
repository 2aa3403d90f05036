# Three stages, key then door then goal, each one above the last and rising as the agent draws
# near. Only differences of this potential are paid: dropping the key or closing the door takes
# back what picking it up or opening it paid, so that nothing can be farmed.

STEP_COST = 0.005


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def stage(state):
    """Progress: below 0 on the way to the key, below 1 to the door, below 2 to the goal."""
    span = state.goal_pos[0] + state.goal_pos[1]
    if not state.door_locked:
        if state.path_to_goal < 0:
            return 1.0
        return 2.0 - state.path_to_goal / span
    if state.carrying_key:
        return 1.0 - state.path_to_door / span
    return -state.path_to_key / span


def reward(prev, action, state):
    """Pay progress through the stages, charge for time, and pay the goal."""
    progress = stage(state) - stage(prev)
    goal = 1.0 if reached(state) else 0.0
    total = goal + progress - STEP_COST
    return total, {"goal": goal, "progress": progress, "time": -STEP_COST}
