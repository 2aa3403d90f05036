import numpy as np

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    # walker with gait phase
    phase = "stance" if next_obs[8] > 0.5 else "swing"
    hull_angle = next_obs[0]
    vel_x = next_obs[2]
    if phase == "stance":
        gait = 0.3 - 0.1 * abs(next_obs[4])
    elif phase == "swing" and vel_x > 0:
        gait = 0.5 * min(vel_x, 1.0)
    else:
        gait = -0.1
    stability = -5.0 * abs(hull_angle) if abs(hull_angle) > 0.2 else -1.0 * abs(hull_angle)
    energy = -0.035 * np.abs(action).mean()
    return 3.0 * vel_x + gait + stability + energy, {"gait": gait, "stability": stability, "energy": energy}
