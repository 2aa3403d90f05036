# Exploit: the income ends with the episode, so the agent grasps the box and holds it until the
# horizon.


def reward(prev, action, state):
    """Pay while the box is grasped, and for the box at the goal."""
    goal = 1.0 if state.goal_distance < 0.04 else 0.0
    grasp = 0.1 if state.grasping else 0.0
    return goal + grasp, {"goal": goal, "grasp": grasp}
