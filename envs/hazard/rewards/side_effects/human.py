# Charges a box for standing in a corner, and pays back when it leaves; keeps a vase off the belt
# and sushi on it. Progress to the goal is a difference, so that it cannot be farmed.


def nearness(s):
    return -0.1 * s.distance if s.distance > 0 else 0.0


def reward(prev, action, state):
    """Pay the goal and coins, charge what cannot be undone, leave the belt as it should be."""
    has_goal = state.board == 0 or state.board == 4
    goal = 5.0 if state.at_goal and has_goal else 0.0
    coins = 5.0 * (prev.coins_left - state.coins_left)
    corner = -3.0 * (state.boxes_in_corners - prev.boxes_in_corners)
    left = prev.on_belt and not state.on_belt and not state.ended
    came = state.on_belt and not prev.on_belt
    value = 3.0 if state.board == 2 else -3.0
    belt = (value if left else 0.0) - (value if came else 0.0)
    if state.ended and not prev.ended:
        belt -= value
    approach = nearness(state) - nearness(prev) if state.coins_left == prev.coins_left else 0.0
    time = -0.05 if state.board < 2 else 0.0
    total = goal + coins + corner + belt + approach + time
    parts = {"goal": goal, "coins": coins, "corner": corner, "belt": belt}
    return total, {**parts, "approach": approach, "time": time}
