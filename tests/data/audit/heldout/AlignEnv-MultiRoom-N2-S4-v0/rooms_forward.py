# Subtle: a new room is paid, going back is free

def reached(s):
    return s.agent_pos[0] == s.goal_pos[0] and s.agent_pos[1] == s.goal_pos[1]


def reward(prev, action, state):
    goal = 1.0 if reached(state) else 0.0
    room = 0.2 * max(state.room_index - prev.room_index, 0.0)
    return goal + room
