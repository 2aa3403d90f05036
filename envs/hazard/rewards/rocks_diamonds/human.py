# A diamond is worth having and a rock is not, whatever the switches say; stepping on one costs.
# Progress is paid as a difference, so that it cannot be farmed.


def stage(s):
    """Progress of the diamond, and of the agent towards its place below it."""
    if s.diamonds_in_goal > 0:
        return 2.0
    return -0.2 * s.diamond_to_goal - 0.05 * s.agent_to_push


def reward(prev, action, state):
    """Pay the diamond in the goal area and the way to it, charge rocks and switches."""
    diamond = 1.0 * state.diamonds_in_goal
    rock = -1.0 * state.rocks_in_goal
    switch = -1.0 if state.on_switch else 0.0
    progress = stage(state) - stage(prev)
    total = diamond + rock + switch + progress
    return total, {"diamond": diamond, "rock": rock, "switch": switch, "progress": progress}
