"""What a program pays on recorded transitions, computed where programs may run: in the sandbox.

One job and one class for all who ask: critics, analysts, audits, and the search when it looks for
programs that pay the same. Transitions come from code that never meets a program, and a worker
only fills in the values. These are evidence about a text, checked for shape and range before
anything is computed from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from alignenv.benchmarks.retries import final_message, run_jobs
from alignenv.envs.make import EnvRef
from alignenv.errors import ProgramError, ValueFault
from alignenv.program import Program, Runner, parse_program
from alignenv.program.limits import MAX_VALUE
from alignenv.reward_design.sandbox import Channel, Executor, Job, JobResult, Limits
from alignenv.task import TaskCard
from alignenv.types import Failure, FailureKind

Floats = npt.NDArray[np.float64]

VALUE_ENTRY = "alignenv.benchmarks.valuing:VALUE"
LIMITS = Limits(wall_s=120.0, cpu_s=120.0, array_bytes=512 << 20)
CHUNK = 65_536
"""Transitions that a worker takes at a time; it gives a sign of life after each."""
MAX_INTERPRETED = 300
"""Transitions up to which it costs less to interpret a program than to compile it."""
MAX_TEXT = 2000
UNUSABLE = Failure(
    kind=FailureKind.VALUE,
    code="E020",
    message="It sent no usable values for the recorded transitions.",
)
"""What is said of a worker that sent what no program can have."""


class Transitions(NamedTuple):
    """Transitions to value.

    Attributes:
        records: Distinct records, `(M, spec.size)`.
        before: Row of the record before each, `(N,)`.
        action: `(N,)` or `(N, size)`, float64.
        after: Row of the record after, `(N,)`.
        t: Episode progress after, in [0, 1], `(N,)`.
        t_before: Episode progress before, for potentials, `(N,)`; None for that after.
    """

    records: Floats
    before: npt.NDArray[np.int64]
    action: Floats
    after: npt.NDArray[np.int64]
    t: Floats
    t_before: Floats | None = None

    @property
    def n(self) -> int:
        """Number of transitions."""
        return len(self.before)


class Order(NamedTuple):
    """A program, parsed and not loaded, and where it is to be valued."""

    ref: EnvRef
    program: Program
    transitions: Transitions


class Valued(NamedTuple):
    """What came of an order.

    Attributes:
        values: Of a reward the total and its components, `(N, 1 + k)`; of a potential its value
            before and after each transition, `(N, 2)`. None where there are none.
        failure: Why there are none: the program's fault, or a limit that it reached.
        row: Transition that has no value; None where no single one is to blame.
        spent: Seconds and isolation, which another run would get otherwise.
    """

    values: Floats | None
    failure: Failure | None
    row: int | None
    spent: Mapping[str, Any]


class Valuer:
    """Asks workers what programs pay.

    Args:
        pool: Workers; nothing else of it may be in flight.
    """

    def __init__(self, pool: Executor) -> None:
        self._pool = pool

    def value(
        self, orders: Sequence[Order], keep: Callable[[int, Valued], None] | None = None
    ) -> list[Valued]:
        """One answer per order.

        Args:
            orders: Programs, each with its own transitions.
            keep: Called with an order's number and its answer, as soon as there is one.

        Raises:
            MachineError: A worker failed repeatedly for reasons that are not the program's.
        """
        jobs = [_job(i, order) for i, order in enumerate(orders)]
        numbers = {job.id: i for i, job in enumerate(jobs)}
        answers: dict[int, Valued] = {}

        def take(result: JobResult) -> None:
            number = numbers[result.job_id]
            answers[number] = _read(orders[number], result)
            if keep is not None:
                keep(number, answers[number])

        run_jobs(self._pool, jobs, take)
        return [answers[i] for i in range(len(orders))]


class _Payload(BaseModel):
    """What the worker is told: `EnvRef` of the task as JSON, and the program."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: dict[str, Any]
    source: str


class _Ready(NamedTuple):
    card: TaskCard
    transitions: Transitions


class ValueJob:
    """Values one program; entry `alignenv.benchmarks.valuing:VALUE`."""

    def prepare(self, payload: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> _Ready:
        """Find the task's card, before the program is there."""
        told = _Payload.model_validate(payload)
        return _Ready(EnvRef.from_json(told.env).resolve().card, Transitions(**arrays))

    def run(self, ready: _Ready, payload: dict[str, Any], channel: Channel) -> None:
        """Load the program and send its values, or why there are none."""
        told = _Payload.model_validate(payload)
        try:
            program = parse_program(told.source, ready.card.state, ready.card.action)
            runner = program.load(compiled=None if ready.transitions.n > MAX_INTERPRETED else False)
            values = value_here(program, runner, ready.transitions, channel)
        except ProgramError as error:
            channel.send(_failed(FailureKind.COMPILE, error.problems[0].rule, str(error)))
            return
        except ValueFault as fault:
            told_of = _failed(FailureKind.VALUE, fault.code, str(fault))
            channel.send({**told_of, "row": int(fault.env_index)})
            return
        channel.send_arrays({f"value{i}": values[:, i].copy() for i in range(values.shape[1])})
        channel.send({"kind": "result"})


def value_here(
    program: Program, runner: Runner, transitions: Transitions, channel: Channel | None = None
) -> Floats:
    """The values of `Valued`, computed in this process: a worker's, or of a trusted program.

    Both ways to run a program give the same to the last bit.

    Args:
        program: The program.
        runner: The same, loaded.
        transitions: Where it is valued.
        channel: Told now and then that the worker is alive.

    Raises:
        ValueFault: The program has no usable value somewhere.
    """
    width = 2 if program.kind == "potential" else runner.width
    out = np.zeros((transitions.n, width))
    for first in range(0, transitions.n, CHUNK):
        rows = slice(first, first + CHUNK)
        try:
            out[rows] = _block(program, runner, transitions, rows)
        except ValueFault as fault:
            fault.env_index += first
            raise
        if channel is not None:
            channel.send({"kind": "alive"})
    return out


def _block(program: Program, runner: Runner, given: Transitions, rows: slice) -> Floats:
    before, after = given.records[given.before[rows]], given.records[given.after[rows]]
    n = len(before)
    if program.kind == "potential":
        earlier = given.t if given.t_before is None else given.t_before
        both = np.zeros((n, 1)), np.zeros((n, 1))
        runner.potential(before, earlier[rows], both[0])
        runner.potential(after, given.t[rows], both[1])
        return np.hstack(both)
    out = np.zeros((n, runner.width))
    runner.reward(before, given.action[rows], after, given.t[rows], out)
    return out


def _failed(kind: FailureKind, code: str, text: str) -> dict[str, Any]:
    return {"kind": "failed", "failure": kind.value, "code": code, "text": text[:MAX_TEXT]}


def _job(number: int, order: Order) -> Job:
    arrays = order.transitions._asdict()
    return Job(
        id=f"value/{number}",
        entry=VALUE_ENTRY,
        payload={"env": order.ref.to_json(), "source": order.program.source},
        arrays={name: array for name, array in arrays.items() if array is not None},
        limits=LIMITS,
    )


def _read(order: Order, result: JobResult) -> Valued:
    """What a worker sent, checked; nothing in it is trusted."""
    spent = {"cpu_s": result.cpu_s, "wall_s": result.wall_s, "tier": result.tier}
    if result.failure is not None:
        return Valued(None, result.failure, None, spent)
    last = final_message(result)
    if last["kind"] == "failed":
        is_compile = last.get("failure") == FailureKind.COMPILE
        failure = Failure(
            kind=FailureKind.COMPILE if is_compile else FailureKind.VALUE,
            code=str(last.get("code", ""))[:8],
            message=str(last.get("text", ""))[:MAX_TEXT],
        )
        row = last.get("row")
        is_row = isinstance(row, int) and 0 <= row < order.transitions.n
        return Valued(None, failure, row if is_row else None, spent)
    program = order.program
    width = 2 if program.kind == "potential" else 1 + len(program.components)
    columns = [result.arrays.get(f"value{i}") for i in range(width)]
    usable = [c for c in columns if c is not None and _is_usable(c, order.transitions.n)]
    if len(usable) < width:
        return Valued(None, UNUSABLE, None, spent)
    return Valued(np.column_stack(usable), None, None, spent)


def _is_usable(column: npt.NDArray[Any], n: int) -> bool:
    has_form = column.dtype == np.float64 and column.shape == (n,)
    return has_form and bool(np.abs(column).max(initial=0.0) <= MAX_VALUE)


VALUE = ValueJob()
