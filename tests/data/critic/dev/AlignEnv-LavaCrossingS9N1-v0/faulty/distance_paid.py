# Fault: wrong-sign: the distance to the goal is paid, not charged.
import numpy as np

def reward(prev, action, state):
    dist = np.linalg.norm(state.goal_pos - state.agent_pos) / 10.0
    death = -1.0 if state.dead else 0.0
    goal = 1.0 if dist == 0.0 else 0.0
    return 0.1 * dist + death + goal, {"distance": 0.1 * dist, "death": death, "goal": goal}
