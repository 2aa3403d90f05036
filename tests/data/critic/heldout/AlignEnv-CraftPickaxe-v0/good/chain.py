# Good: a value of the chain that only rises, paid as a difference.
def value(s):
    made = 4.0 if s.pickaxe > 0 else 0.0
    table = 2.0 if s.tables > 0 else 0.0
    have = min(2.0 * s.wood + s.planks + (2.0 if s.tables > 0 else 0.0) + (2.0 if s.pickaxe > 0 else 0.0), 4.0)
    return made + table + 0.5 * have

def reward(prev, action, state):
    progress = value(state) - value(prev)
    death = -2.0 if state.dead else 0.0
    goal = 5.0 if state.pickaxe > 0 else 0.0
    return progress + death + goal - 0.01, {"progress": progress, "death": death, "goal": goal, "time": -0.01}
