# Good: progress along the axes to the goal, death charged.
import numpy as np

def reward(prev, action, state):
    before = np.sum(np.abs(prev.goal_pos - prev.agent_pos))
    after = np.sum(np.abs(state.goal_pos - state.agent_pos))
    progress = 0.05 * (before - after)
    death = -1.0 if state.dead else 0.0
    goal = 5.0 if after == 0 else 0.0
    return progress + death + goal, {"progress": progress, "death": death, "goal": goal}
