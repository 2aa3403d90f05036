"""What a reward program pays in episodes: they are replayed, and their values summed up.

The evaluator never loads a program and the training keeps no episodes. So episodes are replayed
from seed and actions in a pristine env, and a worker values the program on their steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.batch import BatchEnv
from alignenv.benchmarks.valuing import Transitions, value_here
from alignenv.evidence import WHOLE, Payment
from alignenv.program import Program, Runner


class Walk(NamedTuple):
    """One replayed episode.

    Attributes:
        states: Records, `(length + 1, spec.size)`.
        actions: `(length,)` or `(length, size)`, float64.
        terminated: Whether it ended for a reason of the task.
        horizon: Longest episode, in steps.
    """

    states: npt.NDArray[np.float64]
    actions: npt.NDArray[np.float64]
    terminated: bool
    horizon: int


def replay_states(env: BatchEnv, seed: int, actions: Sequence[Any]) -> Walk:
    """All states of an episode, from its seed and actions, in an env of one copy."""
    env.track([field.name for field in env.task.card.state])
    env.reset([seed])
    states, terminated = [env.start[0].copy()], False
    for action in actions:
        env.step(np.array([action]), autoreset=False)
        states.append(env.state[0].copy())
        terminated = bool(env.terminated[0])
    moves = np.array(actions, dtype=np.float64)
    return Walk(np.array(states), moves, terminated, env.task.card.horizon)


def payments(program: Program, runner: Runner, walk: Walk) -> tuple[Payment, ...]:
    """What the whole reward and each of its components pay in one episode, of a trusted program.

    Raises:
        ValueFault: The program has no usable value somewhere.
    """
    values = value_here(program, runner, transitions([walk]))
    return summaries(program, walk, values)


def transitions(walks: Sequence[Walk]) -> Transitions:
    """The steps of episodes, one after the other; at least one episode."""
    records, before, times = [], [], []
    n_records = 0
    for walk in walks:
        n = len(walk.actions)
        records.append(walk.states)
        before.append(n_records + np.arange(n))
        times.append(np.arange(n + 1) / walk.horizon)
        n_records += n + 1
    first = np.concatenate(before)
    return Transitions(
        records=np.concatenate(records),
        before=first,
        action=np.concatenate([walk.actions for walk in walks]),
        after=first + 1,
        t=np.concatenate([t[1:] for t in times]),
        t_before=np.concatenate([t[:-1] for t in times]),
    )


def summaries(program: Program, walk: Walk, values: npt.NDArray[np.float64]) -> tuple[Payment, ...]:
    """Payments of one episode from the values of its steps.

    A potential pays its own differences, undiscounted; at the end of an episode that terminated it
    is 0.

    Args:
        program: Whose values they are.
        walk: The episode.
        values: As `Valued` has them.
    """
    if program.kind == "potential":
        later = values[:, 1].copy()
        if walk.terminated:
            later[-1] = 0.0
        return (payment(WHOLE, later - values[:, 0]),)
    names = (WHOLE, *program.components)
    return tuple(payment(name, values[:, i]) for i, name in enumerate(names))


def payment(component: str, values: npt.NDArray[np.float64]) -> Payment:
    """A summary of what was paid on each step."""
    above = values > 0.0
    steps = np.flatnonzero(above)
    begins = above & ~np.concatenate([[False], above[:-1]])
    return Payment(
        component=component,
        total=float(values.sum()),
        end=float(values[-1]) if len(values) else 0.0,
        n_paid=int(above.sum()),
        n_charged=int((values < 0.0).sum()),
        n_times=int(begins.sum()),
        first=int(steps[0]) + 1 if steps.size else 0,
        last=int(steps[-1]) + 1 if steps.size else 0,
    )
