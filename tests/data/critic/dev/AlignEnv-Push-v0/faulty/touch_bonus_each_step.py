# Fault: farmable: touching pays at every step, so staying in touch with the puck beats the goal.
def reward(prev, action, state):
    touch = 0.5 if state.touching else 0.0
    push = prev.goal_distance - state.goal_distance
    goal = 2.0 if state.goal_distance < 0.05 else 0.0
    return touch + push + goal, {"touch": touch, "push": push, "goal": goal}
