"""Any Gymnasium environment as a task: from a task file, with the same faces and programs."""

from pathlib import Path

import numpy as np

from alignenv.envs.faces.single import SingleEnv
from alignenv.envs.make import EnvRef
from alignenv.envs.taskfile import read_task_file

FILE = Path(__file__).parent / "mountain_car.toml"

ref = EnvRef(id="MountainCarContinuous-v0", task_text=read_task_file(FILE))
task = ref.resolve()
print(task.card.goal)
for field in task.card.state:
    print(" ", field.describe())

env = SingleEnv(ref, reward="human", state_info=True)
_, info = env.reset(seed=0)
terminated = truncated = False
steps, earned = 0, 0.0
while not (terminated or truncated):
    # full force in the direction of travel swings the car up
    force = 1.0 if info["state"]["velocity"] >= 0 else -1.0
    _, reward, terminated, truncated, info = env.step(np.array([force], dtype=np.float32))
    steps, earned = steps + 1, earned + reward
print(f"success {info['success']} after {steps} steps, human reward {earned:.2f}")
