"""Elo ratings from choices between two, and which pairs of agents to show.

Hazra et al., "REvolve: Reward Evolution with Large Language Models using Human Feedback", ICLR
2025, take such ratings as the fitness of reward programs; their released code
(`human_feedback/elo_scoring.py`) has the constants used here. Elo, "The Rating of Chessplayers,
Past and Present", 1978.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from alignenv.reward_design.designers.preferences import Choice, Pair

K = 32.0
"""Most that one choice changes a rating."""
START = 1500.0
"""Rating before the first choice, and the mean of all."""
SCALE = 400.0
"""Lead in rating at which the better one is expected to win ten times as often as it loses."""
_POINTS = {"A": 1.0, "B": 0.0, "=": 0.5}


def elo(choices: Iterable[Choice]) -> dict[str, float]:
    """Ratings by id, from all choices in the order made."""
    ratings: dict[str, float] = {}
    for verdict, a, b, _ in choices:
        of_a, of_b = ratings.get(a, START), ratings.get(b, START)
        expected = 1.0 / (1.0 + 10.0 ** ((of_b - of_a) / SCALE))
        gain = K * (_POINTS[verdict] - expected)
        ratings[a], ratings[b] = of_a + gain, of_b - gain
    return ratings


def pairs_of(
    fresh: Sequence[str], others: Sequence[str], games: int, rng: np.random.Generator
) -> list[Pair]:
    """Which agents meet: all in a circle in random order, each new one with those that follow it.

    Args:
        fresh: Ids of the agents to rate.
        others: Ids of agents that are rated already.
        games: Pairs that each new agent opens; it is in about twice as many.
        rng: Draws the circle.

    Returns:
        Different pairs, at most `games` for each new agent.
    """
    everyone = [*fresh, *others]
    circle = [everyone[int(i)] for i in rng.permutation(len(everyone))]
    found: dict[frozenset[str], Pair] = {}
    for step in range(1, min(games, len(circle) - 1) + 1):
        for place, one in enumerate(circle):
            other = circle[(place + step) % len(circle)]
            if one in fresh:
                found.setdefault(frozenset((one, other)), (one, other))
    return list(found.values())
