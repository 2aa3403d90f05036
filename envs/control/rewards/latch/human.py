# Two stages, latch then door, each a potential that rises towards its end; the second begins where
# the first ends and rises much more, so that waiting at the door never looks good. Only
# differences are paid. A door once free stays free, so the step between the stages is paid once.


def potential(s):
    """Below 0 on the way to the latch, 1 at the freed door's far side, 7 with the door open."""
    if s.unlocked:
        return 1.0 - s.door_distance + 6.0 * min(max(s.door_angle, 0.0), 1.0)
    return 5.0 * min(max(s.latch_travel, 0.0), 0.1) - s.latch_distance


def reward(prev, action, state):
    """Pay progress through the stages, charge for time, and pay the open door."""
    opened = 3.0 if state.door_angle > 1.0 else 0.0
    progress = potential(state) - potential(prev)
    total = opened + progress - 0.01
    return total, {"opened": opened, "progress": progress, "time": -0.01}
