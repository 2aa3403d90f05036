# Fault: leak: it asks for the success flag, which is not among the fields.
def reward(prev, action, state):
    success = 1.0 if state.success else 0.0
    key = 0.1 if state.carrying_key and not prev.carrying_key else 0.0
    return success + key, {"success": success, "key": key}
