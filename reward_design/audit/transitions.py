"""Weighted transitions of a finite process: what a distance between rewards is measured on."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from alignenv.tabular import TabularModel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class RewardTable(Protocol):
    """A reward as a function of numbered states."""

    def __call__(self, before: Ints, action: Ints, after: Ints) -> Floats:
        """Reward of each transition, all arguments and the answer of one shape."""
        ...


def sums(index: Ints, values: Floats, size: int) -> Floats:
    """Sum of the values at each index, `(size,)`."""
    found: Floats = np.bincount(index, weights=values, minlength=size).astype(
        np.float64, copy=False
    )
    return found


class Coverage(NamedTuple):
    """Transitions and how much each counts: a distribution, exact or drawn.

    Attributes:
        before: State before, `(N,)`.
        action: Action, `(N,)`.
        after: State after, `(N,)`.
        weight: Weight of each, >= 0; they add up to 1, `(N,)`.
        continues: 0 where the episode ended for a reason of the task, else 1, `(N,)`.
    """

    before: Ints
    action: Ints
    after: Ints
    weight: Floats
    continues: Floats


class Draws(NamedTuple):
    """Independent actions and next states, as EPIC compares every state with.

    Attributes:
        action: `(M,)`.
        after: `(M,)`.
        weight: Weight of each pair; they add up to 1, `(M,)`.
    """

    action: Ints
    after: Ints
    weight: Floats


def as_table(values: Floats) -> RewardTable:
    """A reward given for every state, action and next state, `(S, A, S)`."""

    def look_up(before: Ints, action: Ints, after: Ints) -> Floats:
        found: Floats = values[before, action, after]
        return found

    return look_up


def cover(model: TabularModel, shares: Floats) -> Coverage:
    """The transitions of a model, each choice with a share and its outcomes by probability.

    Args:
        model: The process.
        shares: How much each state and action counts, >= 0 and not all 0, `(S, A)`. Terminal
            states are left out: nothing is chosen there.
    """
    usable = np.where(model.terminal[:, np.newaxis], 0.0, shares)
    weight = (usable / usable.sum())[:, :, np.newaxis] * model.probabilities
    before, action, outcome = np.nonzero(weight > 0.0)
    after = model.successors[before, action, outcome]
    return Coverage(
        before=before.astype(np.int64),
        action=action.astype(np.int64),
        after=after,
        weight=weight[before, action, outcome],
        continues=np.where(model.terminal[after], 0.0, 1.0),
    )


def every_choice(model: TabularModel) -> Floats:
    """The same share for every state and action, `(S, A)`."""
    return np.full((model.n_states, model.n_actions), 1.0 / (model.n_states * model.n_actions))


def uniform_draws(model: TabularModel) -> Draws:
    """Every pair of an action and a state, equally likely."""
    action, after = np.indices((model.n_actions, model.n_states)).reshape(2, -1)
    return Draws(action, after, np.full(action.size, 1.0 / action.size))
