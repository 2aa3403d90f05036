"""What a program pays on listed transitions, for audits: workers say it, faults are errors here."""

from __future__ import annotations

from typing import NamedTuple, NoReturn

import numpy as np

from alignenv.benchmarks.valuing import UNUSABLE, Order, Transitions, Valued, Valuer
from alignenv.envs.make import EnvRef
from alignenv.errors import ConfigError, MachineError, ValueFault
from alignenv.program import Program
from alignenv.reward_design.audit.exact import Paid
from alignenv.reward_design.sandbox import Executor
from alignenv.types import Failure, FailureKind

PRELOAD = ("alignenv.benchmarks.valuing", "alignenv.program.kernel")
WARM_UP = ("alignenv.program:warm_up",)

Asked = Transitions
"""Transitions to value."""


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


def ask(pool: Executor, env: EnvRef, questions: list[tuple[Program, Asked]]) -> list[Paid]:
    """Value programs, each on its own transitions.

    For a potential, `total` is `phi` of each record.

    Raises:
        ValueFault: A program has no usable value somewhere.
        ConfigError: A program takes too long, or too much memory.
        MachineError: A worker failed repeatedly for reasons that are not the program's.
    """
    orders = [
        Order(env, program, _moments(asked) if program.kind == "potential" else asked)
        for program, asked in questions
    ]
    answers = Valuer(pool).value(orders)
    return [_read(o.program, answer) for o, answer in zip(orders, answers, strict=True)]


def _moments(asked: Asked) -> Asked:
    """Each record in the middle of an episode, where a potential is looked at."""
    n = len(asked.records)
    rows, middle = np.arange(n), np.full(n, 0.5)
    return Asked(asked.records, rows, np.zeros(n), rows, middle)


def _read(program: Program, answer: Valued) -> Paid:
    """What came back, or the error that it stands for."""
    table, failure = answer.values, answer.failure
    if failure is not None:
        _refuse(failure)
    assert table is not None, "what has no failure has values"
    is_potential = program.kind == "potential"
    return Paid(
        total=table[:, 0],
        components=table[:, 1:1] if is_potential else table[:, 1:],
        names=() if is_potential else program.components,
        is_potential=is_potential,
    )


def _refuse(failure: Failure) -> NoReturn:
    if failure == UNUSABLE:
        raise MachineError("A worker of the audit sent values that no program can have.")
    if failure.kind in (FailureKind.VALUE, FailureKind.COMPILE):
        raise ValueFault(failure.message, code=failure.code)
    why = f"{failure.kind}: {failure.message}"
    if failure.code in ("W001", "W002", "W003", "W007"):
        raise ConfigError(
            f"The program could not be valued: {why}.",
            cure="Make it cheaper: fewer and shorter loops.",
        )
    raise MachineError(f"A worker of the audit failed: {why}.")
