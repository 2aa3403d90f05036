# Gross: standing in the bucket is paid


def reward(prev, action, state):
    return 1.0 if state.on_bucket else 0.0
