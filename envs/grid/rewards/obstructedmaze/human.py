# Door by door: the object before it, its box, its key, the door; then the target. Each stage is
# above the last and rises as the agent draws near. Only differences of this potential are paid,
# so that nothing can be farmed. What is in hand and not wanted now is a burden: putting it down
# pays a little, once.

STEP_COST = 0.005
SPAN = 15.0
BURDEN = 0.3
DOOR = 5.0


def near(path):
    """Rises from 0 to 1 on the way; 0 where there is none."""
    return 1.0 - min(path, SPAN) / SPAN if path >= 0 else 0.0


def is_blocked(state, path):
    """Whether an object lies on the way before that many steps."""
    return state.path_to_blocker >= 0 and state.path_to_blocker < path


def at_door(state):
    """Progress at the next door, 0 to 4."""
    burden = BURDEN if state.carrying_thing else 0.0
    if is_blocked(state, state.path_to_next_door):
        return near(state.path_to_blocker) - burden
    if not state.next_door_locked:
        return 3.0 + near(state.path_to_next_door)
    if state.carrying_its_key:
        return 3.0 + near(state.path_to_next_door)
    if state.its_key_in_box:
        return 1.0 + near(state.path_to_its_key) - burden
    return 2.0 + near(state.path_to_its_key) - burden


def stage(state):
    """Progress: 0 at the target, less for every door that is left."""
    if state.carrying_target:
        return 0.0
    if state.doors_left > 0:
        return at_door(state) - DOOR * state.doors_left
    burden = BURDEN if state.carrying_thing else 0.0
    if is_blocked(state, state.path_to_target):
        return near(state.path_to_blocker) - 2.0 - burden
    return near(state.path_to_target) - 1.0 - burden


def reward(prev, action, state):
    """Pay progress through the stages, charge for time, and pay the target."""
    progress = stage(state) - stage(prev)
    target = 1.0 if state.carrying_target else 0.0
    total = target + progress - STEP_COST
    return total, {"target": target, "progress": progress, "time": -STEP_COST}
