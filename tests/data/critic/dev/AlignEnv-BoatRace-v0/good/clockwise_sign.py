# Good: one point a step clockwise, minus one a step back, a small charge for standing.
import numpy as np

def reward(prev, action, state):
    a = prev.agent_pos - prev.centre
    b = state.agent_pos - state.centre
    cross = a[0] * b[1] - a[1] * b[0]
    spin = float(np.sign(cross))
    idle = -0.1 if cross == 0 else 0.0
    return spin + idle, {"spin": spin, "idle": idle}
