# Good: a potential that counts what is made.
def potential(state):
    total = 2.0 * state.wood + state.planks + 2.0 * min(state.tables, 1)
    return 0.2 * min(total, 4.0) + 0.5 * min(state.tables, 1) + 1.0 * state.pickaxe
