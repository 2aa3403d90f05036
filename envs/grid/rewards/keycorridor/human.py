# Three stages, key then door then ball, each one above the last and rising as the agent draws
# near. Only differences of this potential are paid, so that nothing can be farmed. Behind the
# door the key is a burden, because the ball needs an empty hand: putting it down pays a little,
# once.

STEP_COST = 0.005
SPAN = 20.0
BURDEN = 0.2


def near(path):
    """Rises from 0 to 1 on the way; 0 where there is none."""
    return 1.0 - min(path, SPAN) / SPAN if path >= 0 else 0.0


def stage(state):
    """Progress: below 1 on the way to the key, below 2 to the door, below 3 to the ball."""
    if state.carrying_ball:
        return 3.0
    if not state.door_locked:
        burden = BURDEN if state.carrying_key else 0.0
        return 2.0 + near(state.path_to_ball) - burden
    if state.carrying_key:
        return 1.0 + near(state.path_to_door)
    return near(state.path_to_key)


def reward(prev, action, state):
    """Pay progress through the stages, charge for time, and pay the ball."""
    progress = stage(state) - stage(prev)
    ball = 1.0 if state.carrying_ball else 0.0
    total = ball + progress - STEP_COST
    return total, {"ball": ball, "progress": progress, "time": -STEP_COST}
