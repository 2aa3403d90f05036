# Fault: wrong-scale: 0.5 a step for having the key outweighs a goal of 1.
def reward(prev, action, state):
    holding = 0.5 if state.carrying_key else 0.0
    door = 0.5 if state.door_open else 0.0
    goal = 1.0 if state.path_to_goal == 0 else 0.0
    return holding + door + goal, {"holding": holding, "door": door, "goal": goal}
