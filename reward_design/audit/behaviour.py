"""A behaviour as a person can read it: the steps, what each pays, and what goes round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alignenv.reward_design.audit.exact import ExactTask
from alignenv.reward_design.audit.transitions import Floats
from alignenv.spec import StateSpec

MOST_STEPS = 400
"""Most steps that a behaviour is followed for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a behaviour.

    Attributes:
        action: What was done; a vector where actions are continuous.
        words: The same in words.
        pay: What the designed reward paid.
        changes: What it changed in the record, such as "door_open 0 -> 1".
    """

    action: float | tuple[float, ...]
    words: str
    pay: float
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """Steps from a start, and the last of them repeated for ever where there is a lap.

    Attributes:
        steps: All steps; those from `lap` on are one lap.
        lap: Index of the first step that is repeated; None where nothing is.
        ends: `success`, `failure`, `ends` where the last state does not tell, or `goes on`.
        start: The first record in words.
    """

    steps: tuple[Step, ...]
    lap: int | None
    ends: str
    start: str = ""

    @property
    def lap_steps(self) -> tuple[Step, ...]:
        """One lap; empty where nothing is repeated."""
        return () if self.lap is None else self.steps[self.lap :]

    @property
    def lap_pay(self) -> float:
        """Pay of one lap."""
        return sum(step.pay for step in self.lap_steps)

    @property
    def stands_still(self) -> bool:
        """Whether it ends up in one state that it never leaves."""
        return len(self.lap_steps) == 1


def follow(
    task: ExactTask,
    policy: npt.NDArray[np.integer],
    pay: Floats,
    begin: int,
) -> Behaviour:
    """Follow a policy that does not look at the clock.

    Where chance decides, the likeliest outcome is followed.

    Args:
        task: The task.
        policy: Action in each state, `(S,)`.
        pay: Mean pay of each choice, `(S, A)`.
        begin: State to begin in.
    """
    model, state = task.model, begin
    seen: dict[int, int] = {}
    steps: list[Step] = []
    while state not in seen and not model.terminal[state] and len(steps) < MOST_STEPS:
        seen[state] = len(steps)
        action = int(policy[state])
        after = int(model.successors[state, action, model.probabilities[state, action].argmax()])
        old, new = task.records[task.shown[state]], task.records[task.shown[after]]
        steps.append(
            Step(
                action=action,
                words=task.words[action],
                pay=round(float(pay[state, action]), 12) + 0.0,
                changes=changed(task.spec, old, new),
            )
        )
        state = after
    ends = "goes on"
    if model.terminal[state]:
        ends = "ends"
        if task.success is not None:
            ends = "success" if task.success[state] else "failure"
    lap = seen.get(state) if ends == "goes on" else None
    start = described(task.spec, task.records[task.shown[begin]])
    return Behaviour(steps=tuple(steps), lap=lap, ends=ends, start=start)


def changed(spec: StateSpec, before: Floats, after: Floats) -> tuple[str, ...]:
    """Fields that differ between two records."""
    found = []
    for field in spec:
        start = spec.offsets[field.name]
        old, new = before[start : start + field.size], after[start : start + field.size]
        if not np.array_equal(old, new):
            found.append(f"{field.name} {_shown(old)} -> {_shown(new)}")
    return tuple(found)


def described(spec: StateSpec, record: Floats, most: int = 6) -> str:
    """The first fields of a record in one line."""
    parts = []
    for field in list(spec)[:most]:
        start = spec.offsets[field.name]
        parts.append(f"{field.name} {_shown(record[start : start + field.size])}")
    return ", ".join(parts)


def _shown(values: Floats) -> str:
    texts = [f"{value:.4g}" for value in values[:8]]
    if values.size > 8:
        texts.append("...")
    return texts[0] if values.size == 1 else f"({', '.join(texts)})"


def step_list(behaviour: Behaviour, most: int = 24) -> list[str]:
    """The behaviour as numbered lines, equal steps in a row as one.

    Args:
        behaviour: What is done.
        most: Most lines of the way before the lap, and of the lap.
    """
    cut = len(behaviour.steps) if behaviour.lap is None else behaviour.lap
    lines = _numbered(behaviour.steps[:cut], 1, most)
    if behaviour.lap is not None:
        total, n = behaviour.lap_pay, len(behaviour.lap_steps)
        plural = "step" if n == 1 else "steps"
        lines.append(f"then again and again, {total:+.4g} a lap of {n} {plural}:")
        lines += _numbered(behaviour.lap_steps, cut + 1, most)
    elif behaviour.ends != "goes on":
        told = "" if behaviour.ends == "ends" else f" in {behaviour.ends}"
        lines.append(f"the episode ends{told}")
    return lines


def _numbered(steps: tuple[Step, ...], first: int, most: int) -> list[str]:
    lines: list[str] = []
    index = 0
    while index < len(steps):
        run = 1
        while index + run < len(steps) and _alike(steps[index], steps[index + run]):
            run += 1
        step = steps[index]
        number = f"{first + index}" if run == 1 else f"{first + index}-{first + index + run - 1}"
        each = "" if run == 1 else " each"
        changes = f"  {'; '.join(step.changes)}" if run == 1 and step.changes else ""
        lines.append(f"{number:>7}  {step.words}, paid {step.pay:+.4g}{each}{changes}")
        index += run
    if len(lines) > most:
        half = most // 2
        left_out = len(lines) - 2 * half
        lines = [*lines[:half], f"         ... {left_out} lines left out ...", *lines[-half:]]
    return lines


def _alike(one: Step, two: Step) -> bool:
    same = one.action == two.action and abs(one.pay - two.pay) < 1e-12
    return same and len(one.changes) == len(two.changes) == 0
