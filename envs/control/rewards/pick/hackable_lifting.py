# Exploit: height is part of the way and no goal by itself, so the agent lifts the box and holds it
# up until the horizon, wherever the goal is.


def reward(prev, action, state):
    """Pay the box's height, and the box at the goal."""
    goal = 1.0 if state.goal_distance < 0.04 else 0.0
    lift = 0.5 * min(max(0.0, state.box_pos[1] - 0.03), 0.3)
    return goal + lift, {"goal": goal, "lift": lift}
