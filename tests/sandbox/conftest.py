"""One pool for the tests that leave it healthy; workers find `hostile_jobs` beside this file."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from alignenv.reward_design.sandbox import Job, JobResult, Limits, Pool

HERE = str(Path(__file__).parent)


@pytest.fixture(scope="session", autouse=True)
def _jobs_on_path() -> Iterator[None]:
    sys.path.insert(0, HERE)
    yield
    sys.path.remove(HERE)


@pytest.fixture(scope="session")
def pool(_jobs_on_path: None) -> Iterator[Pool]:
    with Pool(3, preload=("hostile_jobs",)) as pool:
        yield pool


@pytest.fixture
def run_on() -> Callable[..., JobResult]:
    """Run one action of `hostile_jobs` in a worker of a pool."""

    def run_action(
        pool: Pool, action: str, limits: Limits | None = None, **payload: Any
    ) -> JobResult:
        job = Job(
            id=action,
            entry="hostile_jobs:ACT",
            payload={"action": action, **payload},
            limits=limits or Limits(wall_s=20.0),
        )
        (result,) = pool.map([job])
        return result

    return run_action


@pytest.fixture
def run(pool: Pool, run_on: Callable[..., JobResult]) -> Callable[..., JobResult]:
    """Run one action of `hostile_jobs` in a worker of the shared pool."""
    return partial(run_on, pool)
