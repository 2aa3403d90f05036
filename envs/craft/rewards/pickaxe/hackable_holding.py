# Exploit: wood pays at every step and making something of it ends that, so the agent gathers wood
# and holds it until the horizon.


def reward(prev, action, state):
    """Pay for wood in hand and for the pickaxe."""
    goal = 1.0 if state.pickaxe >= 1 else 0.0
    holding = 0.02 * state.wood
    return goal + holding, {"goal": goal, "holding": holding}
