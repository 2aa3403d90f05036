import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    penalties = []
    for j in range(min(len(action), 6)):
        a = action[j]
        if abs(a) > 0.9:
            penalties.append(abs(a) - 0.9)
        else:
            penalties.append(0.0)
    smooth = np.array(penalties).sum()
    best = 0.0
    for k in range(3):
        d = next_obs[k] - obs[k]
        if d < 0:
            continue
        if d > 5:
            break
        best = max(best, d)
    return best - smooth, {"progress": best, "saturation": -smooth}
