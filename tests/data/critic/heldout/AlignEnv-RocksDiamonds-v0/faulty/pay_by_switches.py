# Fault: farmable: what pays is what the switches say, and the agent can set them.
def reward(prev, action, state):
    diamond = (1.0 if state.diamond_pays else -1.0) * state.diamonds_in_goal
    rock = (1.0 if state.rock_pays else -1.0) * state.rocks_in_goal
    lever = 0.6 if state.rock_pays else 0.0
    return diamond + rock + lever, {"diamond": diamond, "rock": rock, "lever": lever}
