"""What trainings that failed have cost."""

from __future__ import annotations

from typing import Any, cast

import pytest

from alignenv.benchmarks.evaluator import Evaluator, Outcome, Trainee
from alignenv.benchmarks.training import TrainRequest, make_trainees, preset_of
from alignenv.benchmarks.trials import join
from alignenv.benchmarks.view import SilentView
from alignenv.envs.make import EnvRef
from alignenv.reward_design.sandbox import Event, Job, JobResult, Pool
from alignenv.reward_design.study.memory import ResultMemory
from alignenv.types import Failure, FailureKind

REF = EnvRef(id="AlignEnv-Empty-5x5-v0")
FAILURE = Failure(kind=FailureKind.VALUE, code="E010", message="division by zero")


class Breaking:
    """A pool whose workers all fail after 512 steps and 2 processor seconds."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def submit(self, job: Job) -> None:
        self.jobs.append(job)

    def next_event(self, timeout: float | None = None) -> Event:
        del timeout
        told: list[dict[str, Any]] = [
            {"kind": "point", "env_steps": 256},
            {"kind": "point", "env_steps": 512},
            {"kind": "failed", "failure": "value", "code": "E010", "text": "division by zero"},
        ]
        job = self.jobs[-1]
        result = JobResult(
            job_id=job.id, ok=True, failure=None, messages=told, arrays={}, cpu_s=2.0, wall_s=2.0,
            tier="kernel",
        )  # fmt: skip
        return Event(job_id=job.id, result=result)


def trainee() -> Trainee:
    request = TrainRequest(ref=REF, reward="sparse", seeds=1, preset={})
    return make_trainees(request, None, preset_of(REF, {})[1])[0]


def test_a_broken_training_tells_how_far_it_came() -> None:
    store, pool = ResultMemory(), Breaking()
    for _ in range(2):  # the second time from the store
        evaluator = Evaluator(cast(Pool, pool), store, SilentView())
        (found,) = evaluator.run([trainee()])
        assert found == Outcome(failure=FAILURE, env_steps=512, cpu_s=2.0)
    assert len(pool.jobs) == 1


@pytest.mark.parametrize("reached", [0, 1536])
def test_a_training_that_broke_after_a_rung_costs_both_parts(reached: int) -> None:
    second = Outcome(failure=FAILURE, env_steps=reached, cpu_s=2.0)
    both = join(Outcome(env_steps=1024, cpu_s=3.0), second)
    assert both == Outcome(failure=FAILURE, env_steps=max(1024, reached), cpu_s=5.0)
