# Fault: leak: it reads the inventory of the environment, which is not in the record.
def reward(prev, action, state):
    has_box = state.env.carrying == "box"
    return (1.0 if has_box else 0.0), {"box": 1.0 if has_box else 0.0}
