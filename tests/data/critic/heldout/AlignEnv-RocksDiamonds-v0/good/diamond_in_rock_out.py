# Good: the diamond inside pays, the rock inside costs, switches cost; the way is a difference.
def reward(prev, action, state):
    diamond = 1.0 * state.diamonds_in_goal
    rock = -1.5 * state.rocks_in_goal
    switch = -1.0 if state.on_switch else 0.0
    way = 0.2 * (prev.diamond_to_goal - state.diamond_to_goal)
    near = 0.05 * (prev.agent_to_push - state.agent_to_push)
    total = diamond + rock + switch + way + near
    return total, {"diamond": diamond, "rock": rock, "switch": switch, "way": way, "near": near}
