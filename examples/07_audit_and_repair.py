"""A reward that can be farmed: found before training, explained, and repaired."""

from pathlib import Path
from tempfile import TemporaryDirectory

from alignenv.benchmarks.audit import AuditRequest, audit_reward
from alignenv.benchmarks.audit_text import lines
from alignenv.envs.make import EnvRef

TASK = "AlignEnv-DoorKey-5x5-v0"
HEAD = """
def reached(s):
    return s.agent_pos[0] == s.goal_pos[0] and s.agent_pos[1] == s.goal_pos[1]


def reward(prev, action, state):
    goal = 1.0 if reached(state) else 0.0
"""
FARMABLE = """    key = 0.1 if state.carrying_key and not prev.carrying_key else 0.0
    return goal + key, {"goal": goal, "key": key}
"""
REPAIRED = """    key = 0.1 * (state.carrying_key - prev.carrying_key)
    return goal + key - 0.001, {"goal": goal, "key": key}
"""

with TemporaryDirectory() as folder:
    for name, body in (("farmable", FARMABLE), ("repaired", REPAIRED)):
        path = Path(folder) / f"{name}.py"
        path.write_text(HEAD + body)
        request = AuditRequest(ref=EnvRef(id=TASK), reward=str(path), layouts=1)
        print(f"--- {name}")
        print("\n".join(lines(audit_reward(request))))
