"""Programs are tried on recorded transitions before a step of training is spent on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from alignenv.agents.presets import load_preset
from alignenv.benchmarks.dry_run import N_ENVS, N_STEPS, dry_run, record_transitions
from alignenv.benchmarks.dry_runs import DryRuns
from alignenv.benchmarks.jobs import TrainJob
from alignenv.benchmarks.protocol import TrainPayload
from alignenv.envs.make import EnvRef
from alignenv.errors import ProgramError, ValueFault
from alignenv.program import parse_program
from alignenv.reward_design.sandbox import InlinePool
from alignenv.reward_design.study.memory import ResultMemory
from alignenv.task import find_task
from alignenv.types import FailureKind

REF = EnvRef(id="AlignEnv-DoorKey-5x5-v0")
CARD = find_task(REF.id).card
GOOD = 'def reward(prev, action, state):\n    return 1.0 * action, {"a": state.path_to_key}\n'
FAULTY = 'def reward(prev, action, state):\n    return 1.0 / (action - 3.0), {"a": 1.0}\n'


class Drifting:
    """A runner that is no pure function: it counts its calls."""

    width, compiled = 2, False

    def __init__(self) -> None:
        self._calls = 0

    def reward(self, prev: Any, action: Any, state: Any, t: Any, out: Any) -> None:
        self._calls += 1
        out[:] = self._calls


class Wrong:
    """A runner that says it is compiled and is off by one."""

    width, compiled = 2, True

    def reward(self, prev: Any, action: Any, state: Any, t: Any, out: Any) -> None:
        out[:] = action[:, None] + 1.0


class Notes:
    """A channel that keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    def send_arrays(self, arrays: Any) -> None:
        raise AssertionError("nothing was trained")


def test_recorded_transitions_are_the_same_every_time() -> None:
    first, second = record_transitions(REF), record_transitions(REF)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    assert first.prev.shape == first.state.shape == (N_ENVS * N_STEPS, CARD.state.size)
    assert first.action.shape == first.t.shape == (N_ENVS * N_STEPS,)
    assert set(first.action) == set(range(7))
    assert 0 < first.t.min() < first.t.max() <= 1
    assert (first.prev != first.state).any()


def test_a_sound_program_passes_compiled_and_interpreted() -> None:
    program = parse_program(GOOD, CARD.state, CARD.action)
    for compiled in (True, False):
        dry_run(program, program.load(compiled=compiled), record_transitions(REF))


def test_a_runner_that_is_not_pure_is_refused() -> None:
    program = parse_program(GOOD, CARD.state, CARD.action)
    with pytest.raises(ValueFault, match="E022"):
        dry_run(program, Drifting(), record_transitions(REF))  # type: ignore[arg-type]


def test_compiled_values_must_be_the_interpreted_ones() -> None:
    program = parse_program(GOOD, CARD.state, CARD.action)
    with pytest.raises(ProgramError, match="R098"):
        dry_run(program, Wrong(), record_transitions(REF))  # type: ignore[arg-type]


def test_a_faulty_program_fails_before_any_training() -> None:
    preset = load_preset(REF.id, "grid").model_dump(mode="json")
    payload = TrainPayload(
        env=REF.to_json(), source=FAULTY, layer="replace", preset=preset, segments=((0, 65536),)
    ).model_dump(mode="json")
    job, channel = TrainJob(), Notes()
    job.run(job.prepare(payload, {}), payload, channel)  # type: ignore[arg-type]
    (message,) = channel.sent
    assert (message["kind"], message["failure"]) == ("failed", "value")


def test_dry_runs_say_where_a_program_has_no_value_and_remember_it() -> None:
    store = ResultMemory()
    failure, none, again = DryRuns(REF, InlinePool(), store).failures([FAULTY, GOOD, FAULTY])
    assert none is None
    assert failure == again
    assert failure is not None
    assert (failure.kind, failure.code) == (FailureKind.VALUE, "E010")
    assert "line 2" in failure.message
    assert len(store.kept) == 2
    nobody: Any = None
    assert DryRuns(REF, nobody, store).failures([FAULTY]) == [failure], "it is not run again"
