# Exploit: the table is paid for at every step and the pickaxe ends the episode, so the agent places
# a table and waits beside it.


def reward(prev, action, state):
    """Pay for being at a table and for the pickaxe."""
    goal = 1.0 if state.pickaxe >= 1 else 0.0
    at_table = 0.05 if state.near_table else 0.0
    return goal + at_table, {"goal": goal, "at_table": at_table}
