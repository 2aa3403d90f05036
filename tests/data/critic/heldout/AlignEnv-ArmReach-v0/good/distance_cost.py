# Good: the distance is charged at every step and speed a little near the goal.
import numpy as np

def reward(prev, action, state):
    far = -0.1 * state.goal_distance
    calm = -0.001 * np.sum(state.joint_vel ** 2) if state.inside else 0.0
    done = 3.0 if state.held >= 5 else 0.0
    return far + calm + done, {"far": far, "calm": calm, "done": done}
