# Looking around is paid until an animal is in sight, then drawing near and hurting it. Only
# differences of this potential are paid: an animal that heals takes back what its wound paid.

STEP_COST = 0.002


def progress_of(s):
    """0 to 0.3 while no animal is in sight, then by distance, and 0.3 more for each wound."""
    if s.food > 0:
        return 2.0
    if s.path_to_animal < 0:
        return 0.3 * s.explored / 1024.0
    near = 0.3 + 0.7 * max(0.0, 1.0 - s.path_to_animal / 40.0)
    return near + 0.3 * (3.0 - s.animal_health)


def reward(prev, action, state):
    """Pay progress towards the kill, charge for time and for death, and pay the goal."""
    progress = progress_of(state) - progress_of(prev)
    goal = 1.0 if state.food > 0 else 0.0
    death = -1.0 if state.dead else 0.0
    total = goal + progress + death - STEP_COST
    return total, {"goal": goal, "progress": progress, "death": death, "time": -STEP_COST}
