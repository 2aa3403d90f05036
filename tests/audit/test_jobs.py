"""What comes back from a worker is checked before anything is computed from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alignenv.benchmarks.audit_jobs import Asked, ask
from alignenv.envs.make import EnvRef
from alignenv.errors import ConfigError, MachineError, ValueFault
from alignenv.program import parse_program
from alignenv.reward_design.sandbox import Event, Executor, InlinePool, Job, JobResult
from alignenv.task import find_task
from alignenv.types import Failure, FailureKind

TASK = "AlignEnv-BoatRace-v0"
SOURCE = 'def reward(prev, action, state):\n    return 2.0 * action, {"a": 1.0 * action}\n'


def asked() -> Asked:
    size = find_task(TASK).card.state.size
    index = np.array([0, 1, 1])
    return Asked(np.ones((2, size)), index, np.array([0.0, 1.0, 3.0]), index, np.ones(3))


class Liar(Executor):
    """Answers every job with the same result."""

    def __init__(self, **result: Any) -> None:
        given = {"ok": True, "failure": None, "messages": [{"kind": "result"}], "arrays": {}}
        self._result = {**given, "cpu_s": 0.0, "wall_s": 0.0, "tier": "none", **result}
        self._job = ""

    tier = "none"

    def describe(self) -> str:
        return "a liar"

    def submit(self, job: Job) -> None:
        self._job = job.id

    def next_event(self, timeout: float | None = None) -> Event | None:
        return Event(job_id=self._job, result=JobResult(job_id=self._job, **self._result))

    def cancel(self, job_id: str) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is held."""


def value(pool: Executor, source: str = SOURCE) -> Any:
    card = find_task(TASK).card
    program = parse_program(source, card.state, card.action)
    return ask(pool, EnvRef(id=TASK), [(program, asked())])[0]


def test_values_come_in_order() -> None:
    with InlinePool() as pool:
        paid = value(pool)
    assert paid.total.tolist() == [0.0, 2.0, 6.0]
    assert paid.components.tolist() == [[0.0], [1.0], [3.0]]
    assert paid.names == ("a",)


def test_a_fault_keeps_its_code() -> None:
    source = "def reward(prev, action, state):\n    return 1.0 / action\n"
    with InlinePool() as pool, pytest.raises(ValueFault, match="zero") as caught:
        value(pool, source)
    assert caught.value.code == "E010"


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"value0": np.zeros(3)},
        {"value0": np.zeros(2), "value1": np.zeros(3)},
        {"value0": np.array([0.0, np.nan, 0.0]), "value1": np.zeros(3)},
        {"value0": np.array([0.0, 1e9, 0.0]), "value1": np.zeros(3)},
    ],
    ids=["none", "a column missing", "too short", "no number", "too large"],
)
def test_impossible_values_are_refused(arrays: dict[str, Any]) -> None:
    with pytest.raises(MachineError, match="no program can have"):
        value(Liar(arrays=arrays))


def test_a_stopped_worker_says_why() -> None:
    slow = Failure(kind=FailureKind.TIMEOUT, code="W003", message="60 seconds")
    with pytest.raises(ConfigError, match="60 seconds"):
        value(Liar(ok=False, failure=slow, messages=[]))
    lost = Failure(kind=FailureKind.INFRASTRUCTURE, code="", message="gone")
    with pytest.raises(MachineError, match="gone"):
        value(Liar(ok=False, failure=lost, messages=[]))
