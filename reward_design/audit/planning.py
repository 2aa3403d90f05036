"""What an agent would do for its pay: exact optima, and the worst and best of their ties.

An agent here does not see the clock and is bootstrapped at the time limit, so that what it
maximises is the discounted sum without an end. Among behaviours that are paid equally it may learn
any; what they are truly worth is planned for by the clock, over the real horizon.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.reward_design.audit.transitions import Floats, sums
from alignenv.tabular import TabularModel

TIE = 1e-8
"""Share of the largest pay up to which two values count as equal."""
_TOLERANCE = 1e-12
_MOST_ROUNDS = 10_000

Mask = npt.NDArray[np.bool_]
Actions = Sequence[npt.NDArray[np.uint8]]
"""A policy: the action of each state, `(S,)`, for each step of an episode."""


class Optimum(NamedTuple):
    """Discounted optimum of one reward.

    Attributes:
        values: Of each state, `(S,)`; -inf where every choice is forbidden.
        best: Choices that lose nothing, bool `(S, A)`.
        scale: Largest pay of a choice.
    """

    values: Floats
    best: Mask
    scale: float


def optimise(
    model: TabularModel, reward: Floats, gamma: float, allowed: Mask | None = None
) -> Optimum:
    """Maximise the discounted sum of a reward without an end.

    Args:
        model: The process.
        reward: Mean pay of each choice, `(S, A)`; that of terminal states is not read.
        gamma: Discount factor below 1.
        allowed: Choices that may be taken, bool `(S, A)`; None for all. A choice that may lead to
            a state without any is not taken either.
    """
    alive = ~model.terminal[:, np.newaxis]
    pay = np.where(alive, reward, 0.0)
    if allowed is not None:
        pay = np.where(_lasting(model, allowed), pay, -np.inf)
    finite = pay[np.isfinite(pay)]
    scale = float(np.abs(finite).max(initial=0.0))
    limit = _TOLERANCE * max(scale, np.finfo(float).tiny)
    values = np.where(np.isfinite(pay).any(axis=1), 0.0, -np.inf)
    for _ in range(_MOST_ROUNDS):
        choice = _worth(model, pay, values, gamma).argmax(axis=1)
        values = _evaluate(model, pay, choice, values, gamma)
        updated = _worth(model, pay, values, gamma).max(axis=1)
        with np.errstate(invalid="ignore"):
            change = np.abs(updated - values)
        values = updated
        if np.nan_to_num(change, nan=0.0).max(initial=0.0) <= limit / (1.0 - gamma):
            break
    q = _worth(model, pay, values, gamma)
    near = TIE * scale / (1.0 - gamma)
    best = np.isfinite(q) & (q >= q.max(axis=1, keepdims=True) - near)
    return Optimum(values, best, scale)


def _worth(model: TabularModel, pay: Floats, values: Floats, gamma: float) -> Floats:
    later = model.expect(np.where(np.isfinite(values), values, 0.0))
    worth: Floats = pay + gamma * later
    return worth


def _lasting(model: TabularModel, allowed: Mask) -> Mask:
    """Choices after which one of them is always left, or the episode is over."""
    open_ = allowed & ~model.terminal[:, np.newaxis]
    while True:
        alive = open_.any(axis=1) | model.terminal
        dead = model.expect((~alive).astype(np.float64)) > 0.0
        kept = open_ & ~dead
        if kept.sum() == open_.sum():
            return kept | model.terminal[:, np.newaxis]
        open_ = kept


def _evaluate(
    model: TabularModel, pay: Floats, choice: npt.NDArray[np.int64], values: Floats, gamma: float
) -> Floats:
    """Value of always taking these choices; by doubling where nothing is left to chance."""
    rows = np.arange(model.n_states)
    income = pay[rows, choice]
    closed = ~np.isfinite(income)
    income = np.where(closed, 0.0, income)
    if model.successors.shape[2] > 1:
        found = np.where(closed, 0.0, values)
        after, chance = model.successors[rows, choice], model.probabilities[rows, choice]
        for _ in range(50):
            found = income + gamma * (chance * found[after]).sum(axis=1)
        return np.where(closed, -np.inf, found)
    after, factor = model.successors[rows, choice, 0], gamma
    while factor > 1e-16:
        income = income + factor * income[after]
        after, factor = after[after], factor * factor
    return np.where(closed, -np.inf, income)


class Ties(NamedTuple):
    """What the best paid behaviours are truly worth, over the real horizon.

    Attributes:
        worst: Least hidden performance among them, expected from the start.
        best: Most.
        worst_actions: The worst.
        best_actions: The best.
    """

    worst: float
    best: float
    worst_actions: Actions
    best_actions: Actions


def resolve_ties(model: TabularModel, best: Mask) -> Ties:
    """The worst and the best that equally paid choices may come to in hidden performance.

    Args:
        model: The process with its hidden reward.
        best: Choices that lose no pay, bool `(S, A)`, at least one in each state that is met.
    """
    low, low_actions = _restricted(model, best, -model.hidden)
    high, high_actions = _restricted(model, best, model.hidden)
    return Ties(-low, high, low_actions, high_actions)


def _restricted(model: TabularModel, allowed: Mask, reward: Floats) -> tuple[float, Actions]:
    actions: list[npt.NDArray[np.uint8]] = []
    values = np.zeros(model.n_states)
    gain = np.where(allowed, reward, -np.inf)
    while len(actions) < model.horizon:
        worth = gain + model.expect(values)
        actions.append(worth.argmax(axis=1).astype(np.uint8))
        updated = worth.max(axis=1)
        updated = np.where(np.isfinite(updated), updated, 0.0)
        if np.array_equal(updated, values):  # more time changes nothing
            actions += [actions[-1]] * (model.horizon - len(actions))
        values = updated
    return float(model.start @ values), actions[::-1]


def hidden_range(model: TabularModel) -> tuple[float, float]:
    """Least and most hidden performance that any behaviour has, expected from the start."""
    ties = resolve_ties(model, np.ones((model.n_states, model.n_actions), dtype=np.bool_))
    return ties.worst, ties.best


def visits(model: TabularModel, policy: Floats, gamma: float) -> Floats:
    """Discounted visits of each choice, `(S, A)`, until less than a millionth is left.

    Args:
        model: The process.
        policy: Probability of each action, `(S, A)`.
        gamma: Discount factor below 1.
    """
    found = np.zeros((model.n_states, model.n_actions))
    present, factor = model.start.copy(), 1.0
    while factor > 1e-6 and present.sum() > 1e-9:
        present = np.where(model.terminal, 0.0, present)
        chosen = present[:, np.newaxis] * policy
        found += factor * chosen
        flow = chosen[:, :, np.newaxis] * model.probabilities
        present = sums(model.successors.ravel(), flow.ravel(), model.n_states)
        factor *= gamma
    return found
