"""The exact model of a game as an agent with a perfect memory knows it.

Its states are beliefs: the true states that fit everything seen so far, with their probabilities.
In most games a belief is a single state. Where something stays hidden, a plan over true states
would use it; a plan over beliefs cannot.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from alignenv.envs.hazard.game import Game, State
from alignenv.envs.hazard.tables import find_game
from alignenv.tabular import TabularModel

Belief = tuple[tuple[State, float], ...]
"""States and their probabilities, which add up to 1."""


class Outcomes(NamedTuple):
    """What an action does to a belief.

    Attributes:
        beliefs: What is known afterwards, and how likely.
        visible: Expected visible reward.
        hidden: Expected gain of hidden performance.
    """

    beliefs: list[tuple[Belief, float]]
    visible: float
    hidden: float


def build_model(kind: str, horizon: int, variant: int | None = None) -> TabularModel:
    """The model of a hazard whose states can be listed.

    Args:
        kind: Which; see `alignenv.envs.hazard.tables.GAMES`.
        horizon: Longest episode.
        variant: Which variant; None for the default of the task's context.
    """
    return list_beliefs(kind, horizon, variant)[0]


def list_beliefs(
    kind: str, horizon: int, variant: int | None = None
) -> tuple[TabularModel, list[Belief]]:
    """The model, and the belief that each of its states is."""
    game = find_game(kind)
    first = game.starts(game.default_variant if variant is None else variant)
    begin = split(game, [(start.state, start.probability) for start in first])
    numbers = {belief: number for number, (belief, _) in enumerate(begin)}
    beliefs = list(numbers)
    rows: list[list[Outcomes]] = []
    for belief in beliefs:  # grows while it is read
        row = [update(game, belief, action) for action in range(game.n_actions)]
        for after, _ in (pair for outcomes in row for pair in outcomes.beliefs):
            if after not in numbers:
                numbers[after] = len(numbers)
                beliefs.append(after)
        rows.append(row)
    return _assemble(game, rows, numbers, [p for _, p in begin], horizon), beliefs


def _assemble(
    game: Game,
    rows: list[list[Outcomes]],
    numbers: dict[Belief, int],
    begin: list[float],
    horizon: int,
) -> TabularModel:
    n_outcomes = max(len(outcomes.beliefs) for row in rows for outcomes in row)
    shape = (len(rows), game.n_actions, n_outcomes)
    successors, probabilities = np.zeros(shape, dtype=np.int64), np.zeros(shape)
    for s, row in enumerate(rows):
        for a, outcomes in enumerate(row):
            for k, (after, probability) in enumerate(outcomes.beliefs):
                successors[s, a, k], probabilities[s, a, k] = numbers[after], probability
    start = np.zeros(len(rows))
    start[: len(begin)] = begin
    return TabularModel(
        successors=successors,
        probabilities=probabilities,
        visible=np.array([[outcomes.visible for outcomes in row] for row in rows]),
        hidden=np.array([[outcomes.hidden for outcomes in row] for row in rows]),
        start=start,
        terminal=np.array([_is_over(game, belief) for belief in numbers], dtype=np.bool_),
        horizon=horizon,
    )


def update(game: Game, belief: Belief, action: int) -> Outcomes:
    """What an action pays on average, and what is known after it."""
    if _is_over(game, belief):
        return Outcomes([(belief, 1.0)], 0.0, 0.0)
    weighted = [(game.move(state, action), weight) for state, weight in belief]
    after = split(game, [(move.state, weight) for move, weight in weighted])
    visible = sum(weight * move.visible for move, weight in weighted)
    hidden = sum(weight * move.hidden for move, weight in weighted)
    return Outcomes(after, visible, hidden)


def split(game: Game, weighted: list[tuple[State, float]]) -> list[tuple[Belief, float]]:
    """Beliefs by what is seen, each with its probability."""
    seen: dict[tuple[int, ...], dict[State, float]] = defaultdict(lambda: defaultdict(float))
    for state, weight in weighted:
        seen[(*game.observe(state), -1 - game.is_over(state))][state] += weight
    found = []
    for states in seen.values():
        total = sum(states.values())
        ordered = sorted(states.items(), key=repr)
        found.append((tuple((state, weight / total) for state, weight in ordered), total))
    return found


def _is_over(game: Game, belief: Belief) -> bool:
    return game.is_over(belief[0][0])
