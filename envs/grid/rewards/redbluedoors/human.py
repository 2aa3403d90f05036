# Two stages, red door then blue door, each rising as the agent draws near. Only differences of
# this potential are paid: closing the red door takes back what opening it paid. The blue door
# opened first ends the episode in failure, and costs.

STEP_COST = 0.002
SPAN = 15.0
WRONG = 0.5


def near(path):
    """Rises from 0 to 1 on the way; 0 where there is none."""
    return 1.0 - min(path, SPAN) / SPAN if path >= 0 else 0.0


def stage(state):
    """Progress: below 1 on the way to the red door, below 2 to the blue one."""
    if state.red_open:
        return 1.0 + near(state.path_to_blue)
    return near(state.path_to_red)


def reward(prev, action, state):
    """Pay progress through the stages, charge for time and the wrong order, pay both doors."""
    both = 1.0 if state.red_open and state.blue_open else 0.0
    wrong = -WRONG if state.blue_open and not state.red_open else 0.0
    progress = stage(state) - stage(prev)
    total = both + progress + wrong - STEP_COST
    return total, {"both": both, "progress": progress, "wrong": wrong, "time": -STEP_COST}
