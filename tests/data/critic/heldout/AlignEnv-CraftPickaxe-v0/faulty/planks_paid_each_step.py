# Fault: farmable: planks in hand pay at every step, so they are never used.
def reward(prev, action, state):
    stock = 0.1 * state.wood + 0.1 * state.planks
    table = 1.0 if state.tables > prev.tables else 0.0
    pickaxe = 5.0 if state.pickaxe > prev.pickaxe else 0.0
    death = -1.0 if state.dead else 0.0
    return stock + table + pickaxe + death, {"stock": stock, "table": table, "pickaxe": pickaxe, "death": death}
