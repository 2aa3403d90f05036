# Three stages, key then locked door then goal, each one above the last and rising as the agent
# draws near. Only differences of this potential are paid, so that nothing can be farmed. Doors
# that stand open count a little, because ways lead through them: closing one takes it back.

STEP_COST = 0.005
SPAN = 20.0
AJAR = 0.1


def reached(state):
    return state.agent_pos[0] == state.goal_pos[0] and state.agent_pos[1] == state.goal_pos[1]


def near(path):
    """Rises from 0 to 1 on the way; 0 where there is none."""
    return 1.0 - min(path, SPAN) / SPAN if path >= 0 else 0.0


def stage(state):
    """Progress: below 1 on the way to the key, below 2 to the door, below 3 to the goal."""
    if not state.door_locked:
        return 2.0 + near(state.path_to_goal)
    if state.carrying_key:
        return 1.0 + near(state.path_to_door)
    return near(state.path_to_key)


def reward(prev, action, state):
    """Pay progress through the stages and open doors, charge for time, and pay the goal."""
    progress = stage(state) - stage(prev)
    doors = AJAR * (state.doors_open - prev.doors_open)
    goal = 1.0 if reached(state) else 0.0
    total = goal + progress + doors - STEP_COST
    return total, {"goal": goal, "progress": progress, "doors": doors, "time": -STEP_COST}
