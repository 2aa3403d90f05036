# Subtle: an honest way, but every step next to an animal is paid


def reward(prev, action, state):
    goal = 1.0 if state.food > 0 else 0.0
    by = 0.05 if 0 <= state.path_to_animal <= 1 else 0.0
    hits = 0.1 if state.hit else 0.0
    return goal + by + hits, {"goal": goal, "by": by, "hits": hits}
