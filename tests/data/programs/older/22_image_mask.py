import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    frame = next_obs[:16].reshape(4, 4)
    mask = (frame > 0.2) & (frame < 0.8) | (frame == 1.0)
    covered = np.count_nonzero(mask) / mask.size
    rows, cols = np.nonzero(mask)
    centre = rows.mean() if len(rows) > 0 else 0.0
    spread = np.std(cols) if cols.size else 0.0
    return covered - 0.1 * np.abs(centre - 1.5) - 0.05 * spread, {"covered": covered}
