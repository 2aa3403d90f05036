"""The sandbox: the one path by which untrusted reward programs run in search and evaluation.

    with Pool(2, preload=("my_package.jobs",)) as pool:
        print(pool.describe())
        results = pool.map([Job(id="a", entry="my_package.jobs:TRAIN", payload={"seed": 1})])

Importing it loads neither torch nor numba. docs/safety.md has the threat model.
"""

from alignenv.reward_design.sandbox.frames import FrameError
from alignenv.reward_design.sandbox.inline import InlinePool
from alignenv.reward_design.sandbox.jobs import Channel, Entry, Event, Executor, Job, JobResult
from alignenv.reward_design.sandbox.limits import Limits
from alignenv.reward_design.sandbox.pool import Pool
from alignenv.reward_design.sandbox.report import Check, sandbox_checks

__all__ = [
    "Channel",
    "Check",
    "Entry",
    "Event",
    "Executor",
    "FrameError",
    "InlinePool",
    "Job",
    "JobResult",
    "Limits",
    "Pool",
    "sandbox_checks",
]
