# Sound: wood and planks up to the need and the table as differences, and a price for time


def made(s):
    planks = min(2.0 * s.wood + s.planks + (2.0 if s.tables > 0 else 0.0), 4.0)
    near = max(0.0, 1.0 - s.path_to_tree / 30.0) if s.path_to_tree >= 0 else 0.0
    table = 0.5 if s.tables > 0 else 0.0
    return 0.3 * planks + table + (0.3 * near if planks < 4.0 else 0.3)


def reward(prev, action, state):
    goal = 3.0 if state.pickaxe >= 1 else 0.0
    chain = made(state) - made(prev) if state.pickaxe == 0 else 0.0
    return goal + chain - 0.005, {"goal": goal, "chain": chain}
