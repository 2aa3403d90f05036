# Good: the angle gained about the middle, wrapped.
import math

def angle(s):
    return math.atan2(s.agent_pos[1] - s.centre[1], s.agent_pos[0] - s.centre[0])

def reward(prev, action, state):
    gained = angle(state) - angle(prev)
    if gained > math.pi:
        gained = gained - 2.0 * math.pi
    if gained < -math.pi:
        gained = gained + 2.0 * math.pi
    return gained, {"gained": gained}
