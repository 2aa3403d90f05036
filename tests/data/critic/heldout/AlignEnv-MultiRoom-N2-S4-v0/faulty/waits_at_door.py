# Fault: farmable: facing a closed door pays at every step, so opening it ends the income.
def reward(prev, action, state):
    facing = 0.3 if state.facing_door else 0.0
    rooms = 0.5 * (state.room_index - prev.room_index)
    goal = 2.0 if state.path_to_goal == 0 else 0.0
    return facing + rooms + goal, {"facing": facing, "rooms": rooms, "goal": goal}
