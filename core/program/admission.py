"""Run-time checks of an accepted program, on transitions that were recorded before."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from alignenv.errors import ValueFault
from alignenv.program.program import Program
from alignenv.program.runner import Runner
from alignenv.program.text import refuse
from alignenv.spec import Records

Batch = npt.NDArray[np.float64]

MAX_INTERPRETED = 200
"""Most transitions that are interpreted as well."""
MAX_WORK = 2_000_000
"""Most syntax nodes that the interpreter visits for that, a second or two."""


def check_values(
    program: Program, runner: Runner, prev: Records, action: Batch, state: Records, t: Batch
) -> None:
    """Check that values are finite, bounded, pure, and the same compiled and interpreted.

    Args:
        program: The program.
        runner: How it will run.
        prev: Records before, `(N, size)`.
        action: Actions, `(N,)` or `(N, k)`.
        state: Records after, `(N, size)`.
        t: Episode progress in [0, 1], `(N,)`.

    Raises:
        ValueFault: A value is missing, not finite or too large, or the same transition gave two
            different values (E022).
        ProgramError: Compiled and interpreted values differ (R098).
    """
    inputs = (prev, action, state, t)
    before = [array.tobytes() for array in inputs]
    first = _values(program, runner, *inputs)
    again = _values(program, runner, *inputs)
    mirrored = _values(program, runner, *(np.ascontiguousarray(x[::-1]) for x in inputs))[::-1]
    for other in (again, np.ascontiguousarray(mirrored)):
        if (row := _first_difference(first, other)) is not None:
            message = "[E022] the same transition gave two different values."
            raise ValueFault(message, code="E022", env_index=row)
    if [array.tobytes() for array in inputs] != before:
        raise ValueFault("[E022] the inputs were changed.", code="E022")
    if runner.compiled:
        _check_interpreted(program, first, inputs)


def _check_interpreted(
    program: Program, values: Batch, inputs: tuple[Records, Batch, Records, Batch]
) -> None:
    reference = program.load(compiled=False)
    work = 0
    n = len(values)
    for i in np.unique(np.linspace(0, n - 1, min(n, MAX_INTERPRETED)).astype(int)).tolist():
        row = _values(program, reference, *(x[i : i + 1] for x in inputs))
        if row.tobytes() != values[i : i + 1].tobytes():
            shown = f"{values[i].tolist()} compiled, {row[0].tolist()} interpreted"
            raise refuse("R098", f"Transition {i} gives {shown}.")
        work += reference.interpreter.work
        if work > MAX_WORK:
            return


def _values(
    program: Program, runner: Runner, prev: Records, action: Batch, state: Records, t: Batch
) -> Batch:
    out = np.zeros((len(state), runner.width))
    if program.kind == "reward":
        runner.reward(prev, action, state, t, out)
    else:
        runner.potential(state, t, out)
    return out


def _first_difference(a: Batch, b: Batch) -> int | None:
    rows = np.flatnonzero((a.view(np.int64) != b.view(np.int64)).any(axis=1))
    return int(rows[0]) if len(rows) else None
