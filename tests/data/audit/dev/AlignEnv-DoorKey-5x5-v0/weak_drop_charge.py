# Subtle: dropping costs half of what picking up pays

def reached(s):
    return s.agent_pos[0] == s.goal_pos[0] and s.agent_pos[1] == s.goal_pos[1]


def reward(prev, action, state):
    goal = 1.0 if reached(state) else 0.0
    key = 0.2 if state.carrying_key and not prev.carrying_key else 0.0
    drop = -0.1 if prev.carrying_key and not state.carrying_key else 0.0
    return goal + key + drop
