# Gross: every table that is placed is paid, and the pickaxe is not


def reward(prev, action, state):
    tables = 0.5 * (state.tables - prev.tables)
    wood = 0.1 if state.collected == 1 else 0.0
    planks = 0.1 if state.crafted == 2 else 0.0
    return tables + wood + planks, {"tables": tables, "wood": wood, "planks": planks}
