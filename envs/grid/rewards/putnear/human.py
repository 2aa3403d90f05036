# Two stages, object then target, each rising as the agent draws near. Only differences of this
# potential are paid: an object dropped in the wrong place takes back what holding it paid. A
# wrong thing in hand ends the episode, and costs.

STEP_COST = 0.005
SPAN = 10.0
WRONG = 0.5


def near(path):
    """Rises from 0 to 1 on the way; 0 where there is none."""
    return 1.0 - min(path, SPAN) / SPAN if path >= 0 else 0.0


def stage(state):
    """Progress: below 1 on the way to the object, below 2 on the way to the target."""
    if state.near_target:
        return 2.0
    if state.carrying_object:
        return 1.0 + near(state.path_to_target)
    return near(state.path_to_object)


def reward(prev, action, state):
    """Pay progress through the stages, charge for time and a wrong thing, and pay success."""
    progress = stage(state) - stage(prev)
    put = 1.0 if state.near_target else 0.0
    wrong = -WRONG if state.carrying_thing and not state.carrying_object else 0.0
    total = put + progress + wrong - STEP_COST
    return total, {"put": put, "progress": progress, "wrong": wrong, "time": -STEP_COST}
