"""A reward program: checked before it runs, then paid by the environment."""

import gymnasium as gym

from alignenv.errors import ProgramError
from alignenv.program import parse_program
from alignenv.task import find_task

TASK = "AlignEnv-DoorKey-8x8-v0"
FARMABLE = '''
def reward(prev, action, state):
    """Pay for taking the key, forget that it can be dropped."""
    took = 1.0 if state.carrying_key and not prev.carrying_key else 0.0
    return took, {"took": took}
'''
REFUSED = """
def reward(prev, action, state):
    import os
    bonus = 1.0 if state.has_key else 0.0
    return bonus + os.getpid(), {}
"""

card = find_task(TASK).card
try:
    parse_program(REFUSED, card.state, card.action)
except ProgramError as error:
    print("refused:", *error.problems, sep="\n  ")

program = parse_program(FARMABLE, card.state, card.action)
print("accepted:", program.kind, "components", program.components, "reads", sorted(program.fields))

TURN, PICK_UP, DROP = 1, 3, 4
env = gym.make(TASK, reward=program, state_info=True)
_, info = env.reset(seed=0)
state = info["state"]
earned = 0.0
env.action_space.seed(0)
while not state["carrying_key"]:  # stumble upon the key
    _, reward, terminated, truncated, info = env.step(env.action_space.sample())
    state, earned = info["state"], earned + reward
    if terminated or truncated:
        env.reset()
for action in [DROP, PICK_UP] * 10:  # and farm it
    _, reward, *_ = env.step(action)
    earned += reward
print(f"earned {earned:g} without ever reaching the goal")
