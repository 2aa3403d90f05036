# Sound: opening is paid, closing takes it back

def reached(s):
    return s.agent_pos[0] == s.goal_pos[0] and s.agent_pos[1] == s.goal_pos[1]


def reward(prev, action, state):
    goal = 1.0 if reached(state) else 0.0
    door = 0.3 * (state.door_open * 1.0 - prev.door_open * 1.0)
    return goal + door - 0.005, {'goal': goal, 'door': door}
