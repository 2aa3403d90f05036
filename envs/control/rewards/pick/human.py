# Three stages: the hand over the box, the grasp, the way to the goal. Each is a difference of a
# potential, so that letting go or dropping the box takes back what was paid. While the hand is
# not above the box its way counts to a place over it, so that it does not push the box away.


def hand_way(s):
    """How far the hand is from the box, by way of the place above it."""
    aside = abs(s.to_box[0])
    over = abs(s.to_box[1]) if aside < 0.03 else abs(s.to_box[1] + 0.1) + 0.1
    return 2.0 * aside + over


def potential(s):
    """Rises with each stage."""
    grasp = 0.5 if s.grasping else 0.0
    carried = 6.0 * (s.first_distance - s.goal_distance)
    return grasp + carried - 2.0 * hand_way(s)


def reward(prev, action, state):
    """Pay progress, charge for time, and pay the box at the goal."""
    goal = 3.0 if state.goal_distance < 0.04 else 0.0
    progress = potential(state) - potential(prev)
    total = goal + progress - 0.01
    return total, {"goal": goal, "progress": progress, "time": -0.01}
