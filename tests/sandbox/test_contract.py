from pathlib import Path
from typing import Any

from alignenv.reward_design.sandbox import InlinePool, Job, Pool
from alignenv.testing.executor import JOBS, ExecutorContract


class TestForkedPool(ExecutorContract):
    def open_executor(self, folder: Path) -> Pool:
        return Pool(2, preload=(JOBS,), run_dir=folder)

    def make_job(self, **settings: Any) -> Job:
        return Job(**settings)


class TestInlinePool(ExecutorContract):
    def open_executor(self, folder: Path) -> InlinePool:
        return InlinePool()

    def make_job(self, **settings: Any) -> Job:
        return Job(**settings)
