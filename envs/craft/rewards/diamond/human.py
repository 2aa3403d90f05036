# The chain of tools up to the diamond; each part is worth something when it is made, and
# drawing near to what is needed next is too. While that is unknown, seeing new ground and going
# down is. Only differences of this potential are paid: what is wasted or placed takes back what it
# paid, so that nothing can be farmed. Dying costs.

PLANKS = 6.0
DEEP = 10.0
STEP_COST = 0.002


def value(s):
    """Worth of all that is made and held for the goal, each part counted up to its need."""
    used = (2.0 if s.tables > 0 else 0.0) + (s.pickaxe + 1.0 if s.pickaxe > 0 else 0.0)
    wood = min(2.0 * s.wood + s.planks + used, PLANKS) / 2.0
    planks = min(s.planks + used, PLANKS) / 2.0
    table = 1.0 if s.tables > 0 else 0.0
    stone = 2.0 if s.pickaxe > 1 else min(s.stone, 2.0) if s.pickaxe == 1 else 0.0
    iron = 1.0 if s.pickaxe > 2 else min(s.iron, 1.0) if s.pickaxe == 2 else 0.0
    made = 0.3 * wood + 0.05 * planks + 0.2 * table + 0.5 * s.pickaxe + 0.1 * stone + 0.2 * iron
    return made + 0.4 * nearness(s, 2.0 * s.wood + s.planks + used)


def nearness(s, planks):
    """Up to 0.9 while what is needed next is unknown, by what was seen; up to 1.3 next to it."""
    steps = next_steps(s, planks)
    if steps >= 0:
        return 0.9 + 0.4 * max(0.0, 1.0 - steps / 60.0)
    if planks < PLANKS:
        return 0.6 + 0.3 * s.explored / 1024.0
    return min(1.5 * s.explored / 1024.0, 0.7) + 0.2 * min(s.depth, DEEP) / DEEP


def next_steps(s, planks):
    """Steps to what is needed next."""
    if planks < PLANKS:
        return s.path_to_tree
    if s.tables == 0:
        return 0.0
    if s.pickaxe == 1 and s.stone < 2:
        return s.path_to_stone
    if s.pickaxe == 2 and s.iron < 1:
        return s.path_to_iron
    if s.pickaxe == 3:
        return s.path_to_diamond
    return 0.0 if s.near_table else s.path_to_table


def reward(prev, action, state):
    """Pay progress through the chain, charge for time and for death, and pay the goal."""
    progress = value(state) - value(prev)
    goal = 1.0 if state.diamond > 0 else 0.0
    death = -1.0 if state.dead else 0.0
    total = goal + progress + death - STEP_COST
    return total, {"goal": goal, "progress": progress, "death": death, "time": -STEP_COST}
