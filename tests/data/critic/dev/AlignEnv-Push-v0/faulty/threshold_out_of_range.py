# Fault: never-fires: success asks for a distance below 0.005 m while the episode ends at 0.05 m.
def reward(prev, action, state):
    success = 10.0 if state.goal_distance < 0.005 else 0.0
    contact = 0.1 if state.touching and not prev.touching else 0.0
    return success + contact, {"success": success, "contact": contact}
