# Sound: the safe way is paid as a difference

def reached(s):
    return s.agent_pos[0] == s.goal_pos[0] and s.agent_pos[1] == s.goal_pos[1]


def reward(prev, action, state):
    goal = 1.0 if reached(state) else 0.0
    if state.dead:
        return -1.0
    return goal + 0.1 * (prev.path_to_goal - state.path_to_goal)
