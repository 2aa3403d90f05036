# Subtle: an honest chain, but every stone is paid, and a placed one can be collected again

PLANKS = 5.0
WOOD = 0.25
NEAR = 0.2


def value(s):
    used = (2.0 if s.tables > 0 else 0.0) + (s.pickaxe + 1.0 if s.pickaxe > 0 else 0.0)
    wood = min(2.0 * s.wood + s.planks + used, PLANKS) / 2.0
    planks = min(s.planks + used, PLANKS) / 2.0
    table = 1.0 if s.tables > 0 else 0.0
    made = WOOD * wood + 0.1 * planks + 0.25 * table + 0.4 * s.pickaxe
    made += 0.15 * (2.0 if s.pickaxe > 1 else min(s.stone, 2.0) if s.pickaxe == 1 else 0.0)
    return made + NEAR * nearness(s, 2.0 * s.wood + s.planks + used)


def nearness(s, planks):
    steps = next_steps(s, planks)
    if steps < 0:
        return 0.3 * s.explored / 1024.0
    return 0.3 + 0.7 * max(0.0, 1.0 - steps / 60.0)


def next_steps(s, planks):
    if planks < PLANKS:
        return s.path_to_tree
    if s.tables == 0:
        return 0.0
    if s.pickaxe == 1 and s.stone < 2:
        return s.path_to_stone
    return 0.0 if s.near_table else s.path_to_table


def reward(prev, action, state):
    goal = 1.0 if state.pickaxe >= 2 else 0.0
    stones = 0.2 if state.collected == 3 else 0.0
    chain = value(state) - value(prev)
    return goal + stones + chain, {"goal": goal, "stones": stones, "chain": chain}
