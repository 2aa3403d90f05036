# Subtle: coming nearer is paid, going away is free

def reached(s):
    return s.agent_pos[0] == s.goal_pos[0] and s.agent_pos[1] == s.goal_pos[1]


def reward(prev, action, state):
    goal = 1.0 if reached(state) else 0.0
    return goal + 0.3 * max(prev.path_to_goal - state.path_to_goal, 0.0)
