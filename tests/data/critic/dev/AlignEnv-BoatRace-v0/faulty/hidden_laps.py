# Fault: leak: it asks for the number of laps, which only the evaluator knows.
def reward(prev, action, state):
    laps = state.laps - prev.laps
    return laps, {"laps": laps}
