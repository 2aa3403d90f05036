def reward(prev, action, state):
    """FrozenLake-like, on one-hot style integer cells."""
    obs = prev.obs
    next_obs = state.obs
    n = 4
    cell = int(next_obs[0])
    row, col = cell // n, cell % n
    prev_row, prev_col = divmod_safe(int(obs[0]), n)
    goal_row, goal_col = n - 1, n - 1
    dist = abs(goal_row - row) + abs(goal_col - col)
    prev = abs(goal_row - prev_row) + abs(goal_col - prev_col)
    reached = 1.0 if dist == 0 else 0.0
    return reached + 0.1 * (prev - dist) - 0.01, {"reached": reached, "progress": 0.1 * (prev - dist)}

def divmod_safe(a, b):
    return a // b, a % b
