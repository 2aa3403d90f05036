"""What a program pays on listed transitions, computed where programs may run: in the sandbox.

The list is made by code that never meets a program; the worker only fills in the values. They are
evidence about a text, checked for shape and range before anything is computed from them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from alignenv.envs.make import EnvRef
from alignenv.errors import ConfigError, MachineError, ValueFault
from alignenv.program import Program, parse_program
from alignenv.program.limits import MAX_VALUE
from alignenv.reward_design.audit.exact import Paid
from alignenv.reward_design.sandbox import Channel, Executor, Job, JobResult, Limits
from alignenv.task import TaskCard

VALUE_ENTRY = "alignenv.benchmarks.audit_jobs:VALUE"
PRELOAD = ("alignenv.benchmarks.audit_jobs", "alignenv.program.kernel")
WARM_UP = ("alignenv.program:warm_up",)
CHUNK = 65_536
"""Transitions that a worker takes at a time."""
LIMITS = Limits(wall_s=60.0, stall_s=30.0, array_bytes=512 << 20)


class Asked(NamedTuple):
    """Transitions to value.

    Attributes:
        records: Distinct records, `(M, spec.size)`.
        before: Row of the record before each, `(N,)`.
        action: `(N,)` or `(N, size)`, float64.
        after: Row of the record after, `(N,)`.
        t: Episode progress after, in [0, 1], `(N,)`.
    """

    records: npt.NDArray[np.float64]
    before: npt.NDArray[np.int64]
    action: npt.NDArray[np.float64]
    after: npt.NDArray[np.int64]
    t: npt.NDArray[np.float64]


class Question(NamedTuple):
    """A program with its task.

    Attributes:
        program: Parsed, not loaded.
        is_added: Whether the sparse reward comes on top.
        name: What it is called.
    """

    program: Program
    is_added: bool
    name: str


class _Payload(BaseModel):
    """What the worker is told: `EnvRef` of the task as JSON, and the program."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: dict[str, str]
    source: str


class _Ready(NamedTuple):
    card: TaskCard
    asked: Asked


class ValueJob:
    """Values a program; entry `alignenv.benchmarks.audit_jobs:VALUE`."""

    def prepare(self, payload: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> _Ready:
        """Find the task's card, before the program is there."""
        told = _Payload.model_validate(payload)
        return _Ready(EnvRef.from_json(told.env).resolve().card, Asked(**arrays))

    def run(self, ready: _Ready, payload: dict[str, Any], channel: Channel) -> None:
        """Load the program and send its values, or why there are none."""
        told = _Payload.model_validate(payload)
        try:
            program = parse_program(told.source, ready.card.state, ready.card.action)
            values = value(program, ready.asked, channel)
        except ValueFault as fault:
            channel.send({"kind": "failed", "code": fault.code, "text": fault.message})
            return
        channel.send_arrays({f"value{i}": values[:, i].copy() for i in range(values.shape[1])})
        channel.send({"kind": "result"})


def value(program: Program, asked: Asked, channel: Channel) -> npt.NDArray[np.float64]:
    """Total and components of each transition, `(N, 1 + k)`; of a potential, `phi` of each record.

    Raises:
        ValueFault: The program has no usable value somewhere.
    """
    runner = program.load()
    if program.kind == "potential":
        found = np.zeros((len(asked.records), 1))
        runner.potential(asked.records, np.full(len(asked.records), 0.5), found)
        return found
    out = np.zeros((len(asked.before), runner.width))
    for first in range(0, len(out), CHUNK):
        rows = slice(first, first + CHUNK)
        block = np.zeros((len(asked.before[rows]), runner.width))
        before, after = asked.records[asked.before[rows]], asked.records[asked.after[rows]]
        runner.reward(before, asked.action[rows], after, asked.t[rows], block)
        out[rows] = block
        channel.send({"kind": "alive"})
    return out


def ask(pool: Executor, env: EnvRef, questions: list[tuple[Program, Asked]]) -> list[Paid]:
    """Value programs, each on its own transitions.

    For a potential, `total` is `phi` of each record.

    Raises:
        ValueFault: A program has no usable value somewhere.
        ConfigError: A program takes too long, or too much memory.
        MachineError: A worker failed for reasons that are not the program's.
    """
    jobs = [
        Job(
            id=f"value{i}",
            entry=VALUE_ENTRY,
            payload={"env": env.to_json(), "source": program.source},
            arrays=asked._asdict(),
            limits=LIMITS,
        )
        for i, (program, asked) in enumerate(questions)
    ]
    results = pool.map(jobs)
    return [_read(q[0], q[1], r) for q, r in zip(questions, results, strict=True)]


def _read(program: Program, asked: Asked, result: JobResult) -> Paid:
    """Check what came back."""
    last = result.messages[-1] if result.messages else {}
    if last.get("kind") == "failed":
        text, code = str(last.get("text")), str(last.get("code"))
        raise ValueFault(text, code=code)
    if not result.ok or last.get("kind") != "result":
        failure = result.failure
        why = f"{failure.kind}: {failure.message}" if failure else "it sent no result"
        if failure is not None and failure.code in ("W001", "W002", "W003", "W007"):
            raise ConfigError(
                f"The program could not be valued: {why}.",
                cure="Make it cheaper: fewer and shorter loops.",
            )
        raise MachineError(f"A worker of the audit failed: {why}.")
    is_potential = program.kind == "potential"
    size = len(asked.records) if is_potential else len(asked.before)
    n_columns = 1 if is_potential else 1 + len(program.components)
    columns = [result.arrays.get(f"value{i}") for i in range(n_columns)]
    for column in columns:
        if column is None or column.shape != (size,) or not _is_usable(column):
            raise MachineError("A worker of the audit sent values that no program can have.")
    table = np.column_stack([np.asarray(c, dtype=np.float64) for c in columns])
    return Paid(
        total=table[:, 0],
        components=table[:, 1:],
        names=() if is_potential else program.components,
        is_potential=is_potential,
    )


def _is_usable(column: npt.NDArray[Any]) -> bool:
    finite = bool(np.isfinite(column).all())
    return finite and bool(np.abs(column).max(initial=0.0) <= MAX_VALUE)


VALUE = ValueJob()
