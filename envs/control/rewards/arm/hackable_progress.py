# Exploit: progress is paid and moving back is free, so the arm swings to and fro before the goal
# and is paid for every approach.


def reward(prev, action, state):
    """Pay progress where there is some, and the held goal."""
    done = 1.0 if state.held >= 5 else 0.0
    approach = 5.0 * max(0.0, prev.goal_distance - state.goal_distance)
    return done + approach, {"done": done, "approach": approach}
