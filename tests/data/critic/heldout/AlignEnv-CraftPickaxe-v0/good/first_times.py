# Good: wood up to two pieces, a first table, the pickaxe, and the way to a tree while wood is short.
def reward(prev, action, state):
    wood = 0.0
    if state.collected == 1 and prev.wood + prev.planks / 2.0 + 2.0 * prev.tables < 2.0:
        wood = 0.5
    table = 1.0 if state.tables == 1 and prev.tables == 0 else 0.0
    tool = 5.0 if state.pickaxe >= 1 and prev.pickaxe == 0 else 0.0
    way = 0.0
    if prev.tables == 0 and state.wood + state.planks < 2 and state.path_to_tree >= 0 and prev.path_to_tree >= 0:
        way = 0.02 * (prev.path_to_tree - state.path_to_tree) if state.collected == 0 else 0.0
    death = -1.0 if state.dead else 0.0
    total = wood + table + tool + way + death - 0.005
    return total, {"wood": wood, "table": table, "tool": tool, "way": way, "death": death}
