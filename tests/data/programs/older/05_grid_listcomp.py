import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    grid = next_obs[:16].reshape(4, 4)
    empties = sum(1 for i in range(4) for j in range(4) if grid[i][j] == 0)
    col_heights = [max([4 - r for r in range(4) if grid[r][c] > 0], default=0) for c in range(4)]
    bumpiness = sum(abs(col_heights[i] - col_heights[i + 1]) for i in range(len(col_heights) - 1))
    holes = 0
    for c in range(4):
        seen = False
        for r in range(4):
            if grid[r, c] > 0:
                seen = True
            elif seen:
                holes += 1
    reward = 0.1 * empties - 0.3 * bumpiness - 0.5 * holes
    return reward, {"empties": empties, "bumpiness": bumpiness, "holes": holes}
