# Subtle: only what newly looks watered is paid, so that drying it first pays again


def reward(prev, action, state):
    return max(state.seen - prev.seen, 0.0)
