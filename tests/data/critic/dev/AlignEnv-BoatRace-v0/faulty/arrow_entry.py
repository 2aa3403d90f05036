# Fault: farmable: entering an arrow pays in its direction, and going back costs nothing.
def reward(prev, action, state):
    dx = state.agent_pos[0] - prev.agent_pos[0]
    dy = state.agent_pos[1] - prev.agent_pos[1]
    along = dx * state.arrow[0] + dy * state.arrow[1]
    bonus = 3.0 if along > 0 else 0.0
    return bonus - 0.1, {"bonus": bonus, "time": -0.1}
