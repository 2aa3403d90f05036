"""The exact verdict on one list of states: what the best paid behaviour is truly worth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.reward_design.audit.behaviour import follow
from alignenv.reward_design.audit.exact import ExactTask
from alignenv.reward_design.audit.planning import (
    Mask,
    Optimum,
    optimise,
    resolve_ties,
)
from alignenv.reward_design.audit.transitions import Floats
from alignenv.reward_design.audit.verdict import Worth
from alignenv.tabular import plan

PATIENT = 0.999
"""Discount by which the worst of equally paid stationary behaviours is chosen."""
MOST_WORK = 20_000_000
"""Most outcomes times steps that are planned for an agent that sees the clock."""
SUCCESS = 1.0 - 1e-9
"""TRUE success below this share of what is possible is failure."""


class Judged(NamedTuple):
    """A worth with the arrays that further checks need.

    Attributes:
        worth: What is reported.
        pay: Mean pay of each choice, `(S, A)`.
        optimum: Discounted optimum of that pay.
        policy: The worst best-paid behaviour, `(S,)`.
        is_sound: Whether every best paid behaviour truly succeeds as often as can be.
    """

    worth: Worth
    pay: Floats
    optimum: Optimum
    policy: npt.NDArray[np.uint8]
    is_sound: bool


def judge(task: ExactTask, pay: Floats, gamma: float) -> Judged:
    """Plan for the pay, and judge the plan by the truth.

    Args:
        task: The task.
        pay: Mean pay of each choice, `(S, A)`.
        gamma: The learner's discount factor, below 1.
    """
    model = task.model
    best = optimise(model, pay, gamma)
    ties = resolve_ties(model, best.best)
    steady = steady_worst(task, best.best)
    outcomes = [
        task.judge(ties.worst_actions),
        task.judge(ties.best_actions),
        task.judge([steady] * model.horizon),
    ]
    outcomes.sort(key=lambda outcome: (outcome.success, outcome.performance))
    worth = Worth(
        name=task.name,
        n_states=model.n_states,
        success=(outcomes[0].success, outcomes[-1].success),
        performance=(outcomes[0].performance, outcomes[-1].performance),
        meant=task.performance_range,
        with_clock=_with_clock(task, pay),
        return_paid=_start_value(task, best.values),
        return_meant=_paid_for_the_truth(task, pay, gamma),
        behaviour=follow(task, steady, pay, outcomes[0].begins),
        seed=task.seed,
    )
    return Judged(worth, pay, best, steady, outcomes[0].success >= SUCCESS * task.possible)


def steady_worst(task: ExactTask, best: Mask) -> npt.NDArray[np.uint8]:
    """Among policies of these choices that ignore the clock, one that is truly worst, `(S,)`."""
    model = task.model
    worst = optimise(model, -model.hidden, PATIENT, best)
    q = np.where(best, -model.hidden + PATIENT * model.expect(_finite(worst.values)), -np.inf)
    return np.asarray(q.argmax(axis=1), dtype=np.uint8)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)


def _paid_for_the_truth(task: ExactTask, pay: Floats, gamma: float) -> float | None:
    """Most discounted pay of a behaviour that is truly best for a patient agent."""
    if not task.is_judged_here:
        return None
    allowed = optimise(task.model, task.model.hidden, PATIENT).best
    return _start_value(task, optimise(task.model, pay, gamma, allowed).values)


def _with_clock(task: ExactTask, pay: Floats) -> float | None:
    """TRUE success of the worst tie of an agent that sees the clock and does not discount."""
    model = task.model
    if model.successors.size * model.horizon > MOST_WORK:
        return None
    return task.judge(list(plan(model, pay, -model.hidden).actions)).success


def _start_value(task: ExactTask, values: Floats) -> float:
    begun = task.model.start > 0.0
    return float(task.model.start[begun] @ values[begun])
