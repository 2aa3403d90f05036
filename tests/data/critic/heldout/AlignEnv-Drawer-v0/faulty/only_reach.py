# Fault: wrong-field: gripping stands for an open drawer; the opening is never looked at.
def reward(prev, action, state):
    reach = 2.0 * (prev.handle_distance - state.handle_distance)
    grip = 1.0 if state.gripping and state.handle_distance < 0.05 else 0.0
    return reach + grip, {"reach": reach, "grip": grip}
