# Sound: hits are paid a little, and an animal heals so slowly that the meat is worth more


def near_of(s):
    if s.food > 0:
        return 1.5
    if s.path_to_animal < 0:
        return 0.3 * s.explored / 1024.0
    return 0.3 + max(0.0, 1.0 - s.path_to_animal / 40.0)


def reward(prev, action, state):
    goal = 5.0 if state.food > 0 else 0.0
    hits = 0.05 if state.hit else 0.0
    near = near_of(state) - near_of(prev)
    return goal + hits + near - 0.005, {"goal": goal, "hits": hits, "near": near}
