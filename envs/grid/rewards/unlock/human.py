# Two stages, key then door. Only differences of the potential are paid: dropping the key takes
# back what picking it up paid.

STEP_COST = 0.005
SPAN = 10.0


def stage(state):
    """Progress: below 0 on the way to the key, below 1 on the way to the door."""
    if state.door_open:
        return 1.0
    if state.carrying_key:
        return 1.0 - state.path_to_door / SPAN
    return -state.path_to_key / SPAN


def reward(prev, action, state):
    """Pay progress through the stages, charge for time, and pay the open door."""
    progress = stage(state) - stage(prev)
    opened = 1.0 if state.door_open else 0.0
    total = opened + progress - STEP_COST
    return total, {"opened": opened, "progress": progress, "time": -STEP_COST}
