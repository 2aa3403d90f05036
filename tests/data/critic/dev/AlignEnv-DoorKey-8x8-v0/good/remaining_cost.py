# Good: each step costs the share of the way that remains, and the goal ends the cost.
FAR = 24.0

def left(s):
    if s.door_open and s.path_to_goal >= 0:
        return s.path_to_goal / FAR
    if s.carrying_key:
        return 1.0 + max(s.path_to_door, 0.0) / FAR
    return 2.0 + max(s.path_to_key, 0.0) / FAR

def reward(prev, action, state):
    cost = -0.02 * left(state)
    goal = 4.0 if state.path_to_goal == 0 else 0.0
    return cost + goal, {"cost": cost, "goal": goal}
