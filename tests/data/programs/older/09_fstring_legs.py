import numpy as np

WEIGHTS = {"forward": 1.0, "ctrl": 0.05, "contact": 0.01}
LEG_JOINTS = [(0, 1), (2, 3), (4, 5)]

def reward(prev, action, state):
    obs = prev.obs
    next_obs = state.obs
    info = {"x_velocity": state.x_velocity, "reward_ctrl": state.ctrl_cost, "fell": state.fell}
    components = {}
    components["forward"] = WEIGHTS["forward"] * info.get("x_velocity", 0.0)
    components["ctrl"] = -WEIGHTS["ctrl"] * float(np.square(action).sum())
    for i, (hip, knee) in enumerate(LEG_JOINTS):
        components[f"leg_{i}"] = -0.01 * abs(float(next_obs[hip]) - float(next_obs[knee]))
    total = 0.0
    for name, value in components.items():
        total += value
    return total, components
