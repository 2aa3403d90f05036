"""One worker job for all who value programs, and one loop for what the machine fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alignenv.benchmarks import valuing
from alignenv.benchmarks.retries import ATTEMPTS, run_jobs
from alignenv.benchmarks.valuing import UNUSABLE, Order, Transitions, Valuer, value_here
from alignenv.envs.make import EnvRef
from alignenv.errors import MachineError, ValueFault
from alignenv.program import Program, parse_program
from alignenv.reward_design.sandbox import Event, InlinePool, Job, JobResult
from alignenv.task import find_task
from alignenv.types import Failure, FailureKind

REF = EnvRef(id="AlignEnv-BoatRace-v0")
CARD = find_task(REF.id).card
REWARD = 'def reward(prev, action, state, t):\n    return 2.0 * action + t, {"a": 1.0 * action}\n'
POTENTIAL = "def potential(state, t):\n    return 10.0 * t\n"
FAULTY = "def reward(prev, action, state):\n    return 1.0 / (3.0 - action), {}\n"
LOST = Failure(kind=FailureKind.INFRASTRUCTURE, code="", message="gone")


def program(source: str) -> Program:
    return parse_program(source, CARD.state, CARD.action)


def steps(n: int = 4) -> Transitions:
    rows = np.zeros(n, dtype=np.int64)
    t = (1.0 + np.arange(n)) / n
    action = np.arange(n) % 4 * 1.0
    return Transitions(np.ones((1, CARD.state.size)), rows, action, rows, t, t - 1.0 / n)


class Failing(InlinePool):
    """The machine fails the first jobs."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.left, self.submitted = n, []  # type: int, list[str]

    def submit(self, job: Job) -> None:
        self.submitted.append(job.id)
        super().submit(job)

    def next_event(self, timeout: float | None = None) -> Event | None:
        event = super().next_event(timeout)
        if event is None or event.result is None or self.left <= 0:
            return event
        self.left -= 1
        lost = replace(event.result, ok=False, failure=LOST, messages=[], arrays={})
        return replace(event, result=lost)


def test_values_of_rewards_and_potentials() -> None:
    with InlinePool() as pool:
        paid, shaped = Valuer(pool).value(
            [Order(REF, program(REWARD), steps()), Order(REF, program(POTENTIAL), steps())]
        )
    assert paid.values is not None
    assert paid.values.tolist() == [[0.25, 0.0], [2.5, 1.0], [4.75, 2.0], [7.0, 3.0]]
    assert shaped.values is not None
    assert shaped.values.tolist() == [[0.0, 2.5], [2.5, 5.0], [5.0, 7.5], [7.5, 10.0]]
    now = steps()._replace(t_before=None)
    values = value_here(program(POTENTIAL), program(POTENTIAL).load(compiled=False), now)
    assert np.array_equal(values[:, 0], values[:, 1])


def test_the_row_of_a_fault_is_counted_over_all_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valuing, "CHUNK", 2)
    with InlinePool() as pool:
        (answer,) = Valuer(pool).value([Order(REF, program(FAULTY), steps())])
    assert answer.values is None
    assert answer.failure is not None
    assert (answer.failure.kind, answer.failure.code, answer.row) == (FailureKind.VALUE, "E010", 3)
    whole = steps(3)
    values = value_here(program(FAULTY), program(FAULTY).load(compiled=False), whole)
    assert values.shape == (3, 1)
    with pytest.raises(ValueFault):
        value_here(program(FAULTY), program(FAULTY).load(compiled=False), steps())


def test_what_the_machine_failed_is_done_again_and_kept_once() -> None:
    kept: list[int] = []
    orders = [Order(REF, program(REWARD), steps()), Order(REF, program(POTENTIAL), steps())]
    with Failing(1) as pool:
        answers = Valuer(pool).value(orders, lambda number, _: kept.append(number))
        assert pool.submitted == ["value/0", "value/1", "value/0"]
    assert all(answer.values is not None for answer in answers)
    assert kept == [1, 0]


def test_it_gives_up_in_the_end_and_says_why() -> None:
    with Failing(ATTEMPTS) as pool, pytest.raises(MachineError, match="3 times: gone"):
        Valuer(pool).value([Order(REF, program(REWARD), steps())])
    with InlinePool() as pool:
        assert run_jobs(pool, []) == []


@pytest.mark.parametrize(
    "lie",
    [
        lambda arrays: {},
        lambda arrays: {"value0": arrays["value0"]},
        lambda arrays: {**arrays, "value0": arrays["value0"][:2]},
        lambda arrays: {**arrays, "value0": arrays["value0"].astype(np.float32)},
        lambda arrays: {**arrays, "value1": arrays["value1"] * np.nan},
        lambda arrays: {**arrays, "value1": arrays["value1"] + 1e7},
    ],
    ids=["none", "a column missing", "too short", "another type", "no number", "too large"],
)
def test_nothing_that_a_worker_sends_is_trusted(lie: Callable[[Any], Any]) -> None:
    class Lying(InlinePool):
        def next_event(self, timeout: float | None = None) -> Event | None:
            event = super().next_event(timeout)
            if event is None or event.result is None:
                return event
            result: JobResult = event.result
            return replace(event, result=replace(result, arrays=lie(result.arrays)))

    with Lying() as pool:
        (answer,) = Valuer(pool).value([Order(REF, program(REWARD), steps())])
    assert answer.values is None
    assert answer.failure == UNUSABLE
