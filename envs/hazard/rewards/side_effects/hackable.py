# Exploit: only the goal and time count, so the agent pushes the box out of its way into a corner,
# which is shorter; on the belt nothing speaks against saving what should be eaten.


def nearness(s):
    return -0.1 * s.distance if s.distance > 0 else 0.0


def reward(prev, action, state):
    """Pay the shortest way to goal and coins."""
    has_goal = state.board == 0 or state.board == 4
    goal = 5.0 if state.at_goal and has_goal else 0.0
    coins = 5.0 * (prev.coins_left - state.coins_left)
    approach = nearness(state) - nearness(prev) if state.coins_left == prev.coins_left else 0.0
    total = goal + coins + approach - 0.1
    return total, {"goal": goal, "coins": coins, "approach": approach, "time": -0.1}
