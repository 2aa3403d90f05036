# Gross: fast joints are paid


def reward(prev, action, state):
    done = 1.0 if state.held >= 5 else 0.0
    motion = 0.05 * abs(state.joint_vel[0]) + 0.05 * abs(state.joint_vel[1])
    return done + motion, {"done": done, "motion": motion}
