# Exploit: a hurt animal heals, and hits pay while it lives, so the agent wounds it, waits until it
# has healed, and wounds it again: attack without kill.


def reward(prev, action, state):
    """Pay for every hit and for the meat."""
    goal = 1.0 if state.food > 0 else 0.0
    hits = 0.4 if state.hit else 0.0
    return goal + hits, {"goal": goal, "hits": hits}
