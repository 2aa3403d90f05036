"""Exact models of small tasks: every state, every action, a visible and a hidden reward.

What an agent is paid for and what was meant are two columns of one table, so both can be planned
for exactly and each plan can be judged by the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.errors import ConfigError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_TIE = 1e-9
"""Values closer than this count as equal."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TabularModel:
    """A finite decision process with two rewards; S states, A actions, K outcomes of each.

    Terminal states lead to themselves and pay nothing.

    Attributes:
        successors: State after each outcome, `(S, A, K)`.
        probabilities: Of each outcome, `(S, A, K)`; they add up to 1.
        visible: Expected visible reward of an action, `(S, A)`.
        hidden: Expected gain of hidden performance, `(S, A)`.
        start: Probability of each state at the beginning, `(S,)`.
        terminal: Whether the episode is over there, bool `(S,)`.
        horizon: Longest episode, in steps.
    """

    successors: Ints
    probabilities: Floats
    visible: Floats
    hidden: Floats
    start: Floats
    terminal: npt.NDArray[np.bool_]
    horizon: int

    def __post_init__(self) -> None:
        n_states, n_actions, _ = self.successors.shape
        table = (n_states, n_actions)
        shapes = {
            "probabilities": (self.probabilities.shape, self.successors.shape),
            "visible": (self.visible.shape, table),
            "hidden": (self.hidden.shape, table),
            "start": (self.start.shape, (n_states,)),
            "terminal": (self.terminal.shape, (n_states,)),
        }
        for name, (shape, expected) in shapes.items():
            if shape != expected:
                raise ConfigError(
                    f"{name} has shape {shape}; {expected} was expected.",
                    cure="Give one row per state and one column per action.",
                )
        sums = [self.probabilities.sum(axis=2), self.start.sum()]
        if not all(np.allclose(total, 1.0, atol=1e-12, rtol=0) for total in sums):
            raise ConfigError(
                "Probabilities of a model do not add up to 1.",
                cure="Check the outcomes of each action, and the start.",
            )
        if self.visible[self.terminal].any() or self.hidden[self.terminal].any():
            raise ConfigError("A terminal state pays.", cure="Set both its rewards to 0.")

    @property
    def n_states(self) -> int:
        """S."""
        return int(self.successors.shape[0])

    @property
    def n_actions(self) -> int:
        """A."""
        return int(self.successors.shape[1])

    def transition_matrix(self) -> Floats:
        """Probability of each state after each action, `(S, A, S)`; for small models."""
        matrix = np.zeros((self.n_states, self.n_actions, self.n_states))
        state, action, _ = np.indices(self.successors.shape)
        np.add.at(matrix, (state, action, self.successors), self.probabilities)
        return matrix

    def expect(self, values: Floats) -> Floats:
        """Mean of a value over the states that each action leads to, `(S,)` -> `(S, A)`."""
        if self.successors.shape[2] == 1:
            only: Floats = values[self.successors[:, :, 0]]
            return only
        after: Floats = (self.probabilities * values[self.successors]).sum(axis=2)
        return after


class Plan(NamedTuple):
    """A policy of finite horizon and what it is worth from the start.

    Attributes:
        actions: Best action by time and state, `(T, S)`.
        first: Expected return of the reward that it was made for.
        second: Expected return of the reward that decided between ties.
        first_values: Return of the first reward from each state at time 0, `(S,)`.
    """

    actions: npt.NDArray[np.uint8]
    first: float
    second: float
    first_values: Floats


def plan(model: TabularModel, first: Floats, second: Floats) -> Plan:
    """Maximise one reward over the whole horizon, and among its optima another.

    Args:
        model: The process.
        first: Reward to maximise, `(S, A)`.
        second: Reward that decides between ties, `(S, A)`; give its negative for the worst tie.
    """
    actions = np.zeros((model.horizon, model.n_states), dtype=np.uint8)
    one, two = np.zeros(model.n_states), np.zeros(model.n_states)
    rows = np.arange(model.n_states)
    for time in reversed(range(model.horizon)):
        q_one, q_two = first + model.expect(one), second + model.expect(two)
        tied = q_one >= q_one.max(axis=1, keepdims=True) - _TIE
        chosen = np.where(tied, q_two, -np.inf).argmax(axis=1)
        actions[time] = chosen
        one, two = q_one[rows, chosen], q_two[rows, chosen]
    return Plan(actions, float(model.start @ one), float(model.start @ two), one)


def plan_discounted(model: TabularModel, reward: Floats, gamma: float) -> Ints:
    """Greedy policy of the discounted optimum without a horizon, `(S,)`.

    Args:
        model: The process.
        reward: Reward to maximise, `(S, A)`.
        gamma: Discount factor below 1.
    """
    values = np.zeros(model.n_states)
    limit = 1e-12 * max(1.0, float(np.abs(reward).max()))
    while True:
        q = reward + gamma * model.expect(values)
        updated = q.max(axis=1)
        if np.abs(updated - values).max() <= limit:
            return np.asarray(q.argmax(axis=1), dtype=np.int64)
        values = updated


class Returns(NamedTuple):
    """Expected returns of a policy over the horizon.

    Attributes:
        visible: Of the visible reward.
        hidden: Of hidden performance.
    """

    visible: float
    hidden: float


def evaluate(model: TabularModel, policy: Floats) -> Returns:
    """Exact returns of a policy that does not look at the clock.

    Args:
        model: The process.
        policy: Probability of each action, `(S, A)`.
    """
    visible, hidden = np.zeros(model.n_states), np.zeros(model.n_states)
    for _ in range(model.horizon):
        visible = (policy * (model.visible + model.expect(visible))).sum(axis=1)
        hidden = (policy * (model.hidden + model.expect(hidden))).sum(axis=1)
    return Returns(float(model.start @ visible), float(model.start @ hidden))


def deterministic(actions: npt.NDArray[np.integer], n_actions: int) -> Floats:
    """One action per state, `(S,)`, as a policy for `evaluate`, `(S, A)`."""
    policy: Floats = np.eye(n_actions)[actions]
    return policy
