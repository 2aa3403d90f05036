"""Three ways to run a reward program, to compare: compiled, interpreted, by CPython and numpy."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.errors import ValueFault
from alignenv.program import Program, Runner, edge_records
from alignenv.program.limits import MAX_VALUE
from alignenv.spec import Records, StateSpec
from alignenv.task import ActionSpec

Batch = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Transitions:
    """Inputs of a program.

    Attributes:
        prev: Records before, `(N, size)`.
        action: Actions, `(N,)` or `(N, k)`.
        state: Records after, `(N, size)`.
        t: Episode progress in [0, 1], `(N,)`.
    """

    prev: Records
    action: Batch
    state: Records
    t: Batch

    def __len__(self) -> int:
        return len(self.state)

    def row(self, i: int) -> Transitions:
        """The one transition `i`."""
        part = slice(i, i + 1)
        return Transitions(self.prev[part], self.action[part], self.state[part], self.t[part])


def read_cases(path: Path) -> dict[str, str]:
    """Texts of a file by the heading `## name` above each."""
    parts = ("\n" + path.read_text(encoding="utf-8")).split("\n## ")[1:]
    pairs = [part.split("\n", 1) for part in parts]
    return {name: body.rstrip() + "\n" for name, body in pairs}


def as_function(body: str, name: str = "reward") -> str:
    """A reward function around the lines of its body."""
    lines = "\n".join(f"    {line}" for line in body.rstrip().split("\n"))
    return f"def {name}(prev, action, state):\n{lines}\n"


def edge_transitions(spec: StateSpec, action: ActionSpec, n: int, seed: int = 0) -> Transitions:
    """Random transitions with edge values among them.

    Args:
        spec: Fields of the records.
        action: The action.
        n: How many.
        seed: Of the randomness.
    """
    rng = np.random.default_rng(seed)
    prev, state = edge_records(spec, n, rng), edge_records(spec, n, rng)
    if action.n:
        actions = rng.integers(0, action.n, n).astype(np.float64)
    else:
        actions = rng.uniform(-1.0, 1.0, (n, action.size))
    return Transitions(prev, actions, state, rng.random(n))


def run(program: Program, runner: Runner, inputs: Transitions) -> Batch:
    """Values of a program, `(N, 1 + n_components)`.

    Raises:
        ValueFault: A transition has no usable value.
    """
    out = np.zeros((len(inputs), 1 + len(program.components)))
    if program.kind == "reward":
        runner.reward(inputs.prev, inputs.action, inputs.state, inputs.t, out)
    else:
        runner.potential(inputs.state, inputs.t, out)
    return out


def outcome(program: Program, runner: Runner, inputs: Transitions) -> bytes | str:
    """Bits of the values, or the words of the fault."""
    try:
        return run(program, runner, inputs).tobytes()
    except ValueFault as fault:
        return f"{fault.code} {fault.component} {fault.line} {fault}"


def assert_agree(program: Program, inputs: Transitions) -> None:
    """Check that compiled and interpreted outcomes are equal, row by row and bit by bit."""
    fast, slow = program.load(compiled=True), program.load(compiled=False)
    for i in range(len(inputs)):
        row = inputs.row(i)
        assert outcome(program, fast, row) == outcome(program, slow, row), f"row {i}"


def assert_like_python(program: Program, inputs: Transitions) -> int:
    """Check that interpreted values equal CPython's and numpy's up to rounding.

    Transitions where Python raises or numpy warns are left out; there the language has a fault.

    Returns:
        How many transitions were compared.
    """
    runner, compared = program.load(compiled=False), 0
    for i in range(len(inputs)):
        row = inputs.row(i)
        expected = _by_python(program, row)
        if expected is None or not np.abs(expected).max() <= MAX_VALUE:
            continue
        got = run(program, runner, row)[0]
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9, err_msg=f"row {i}")
        compared += 1
    return compared


def _by_python(program: Program, inputs: Transitions) -> list[float] | None:
    names: dict[str, Any] = {"np": np, "math": math}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            exec(program.source, names)  # noqa: S102 - test programs only, never a user's
            value = names[program.kind](*_arguments(program, inputs))
        except (ArithmeticError, LookupError, ValueError, RuntimeWarning):
            return None
    total, parts = value if isinstance(value, tuple) else (value, {})
    return [float(total), *(float(parts.get(name, 0.0)) for name in program.components)]


def _arguments(program: Program, inputs: Transitions) -> list[Any]:
    state = _namespace(program.spec, inputs.state)
    args: list[Any] = [state]
    if program.kind == "reward":
        action = int(inputs.action[0]) if program.action.n else inputs.action[0].copy()
        args = [_namespace(program.spec, inputs.prev), action, state]
    return [*args, float(inputs.t[0])] if program.uses_time else args


def _namespace(spec: StateSpec, records: Records) -> SimpleNamespace:
    convert: dict[str, Callable[[Any], Any]] = {"bool": bool, "int": int}
    row = spec.view(records)[0]
    return SimpleNamespace(
        **{
            f.name: np.array(row[f.name]) if f.shape else convert.get(f.kind, float)(row[f.name])
            for f in spec
        }
    )
