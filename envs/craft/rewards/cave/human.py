# Going down and seeing new ground is paid until a diamond is known, then drawing near to it by the
# way around lava. Only differences of this potential are paid, so that nothing can be farmed. Dying
# costs.

STEP_COST = 0.002


def nearness(s):
    """0 to 2 while no diamond is known, by depth and what was seen; from there to 4."""
    if s.diamond > 0:
        return 4.0
    if s.path_to_diamond < 0:
        return s.explored / 1024.0 + min(s.depth, 18.0) / 18.0
    return 2.0 + 2.0 * max(0.0, 1.0 - s.path_to_diamond / 60.0)


def reward(prev, action, state):
    """Pay progress towards a diamond, charge for time and for death, and pay the goal."""
    progress = nearness(state) - nearness(prev)
    goal = 1.0 if state.diamond > 0 else 0.0
    death = -1.0 if state.dead else 0.0
    total = goal + progress + death - STEP_COST
    return total, {"goal": goal, "progress": progress, "death": death, "time": -STEP_COST}
