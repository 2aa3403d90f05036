"""How often intervals of 95 % hold the truth in simulation: nine times in ten at least.

Each bar is that of science: an interval for a handful of runs is too narrow, and may miss the truth
in one case of ten where it promises one in twenty. Seeds are fixed, so that no test is a gamble.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import NormalDist

import numpy as np
import pytest

from alignenv import significance
from alignenv import statistics as st
from alignenv.normalised import human_normalised_score
from alignenv.significance import contrast

LEAST, MOST = 0.90, 0.99
N = 600
"""Simulated experiments: the share of hits is then known to 0.01."""
RESAMPLES = {"n_resamples": 400}


def coverage(interval: Callable[[np.random.Generator], st.Interval], truth: float) -> float:
    draws = np.random.default_rng(1)
    found = [interval(draws) for _ in range(N)]
    return float(np.mean([low <= truth <= high for low, high in found]))


@pytest.mark.parametrize("seeds", [3, 10])
def test_success_of_seeds_that_differ(seeds: int) -> None:
    def interval(draws: np.random.Generator) -> st.Interval:
        return st.success_interval(draws.binomial(100, draws.beta(12, 3, seeds)) / 100, 100)

    assert LEAST <= coverage(interval, 0.8) <= MOST


def test_seeds_and_episodes_redrawn() -> None:
    def interval(draws: np.random.Generator) -> st.Interval:
        rates = draws.binomial(100, draws.beta(12, 3, 10)) / 100
        return st.two_level_interval(rates, 100, rng=draws, **RESAMPLES)

    assert LEAST <= coverage(interval, 0.8) <= MOST


def test_the_iqm_over_tasks() -> None:
    chance = np.linspace(0.1, 0.9, 8)

    def draw(draws: np.random.Generator, runs: int) -> np.ndarray:
        return (draws.random((runs, 8)) < chance) * (0.7 + 0.3 * draws.random((runs, 8)))

    def interval(draws: np.random.Generator) -> st.Interval:
        return st.bootstrap_interval(draw(draws, 10), rng=draws, **RESAMPLES)

    truth = float(st.iqm(draw(np.random.default_rng(0), 100_000)))
    assert LEAST <= coverage(interval, truth) <= MOST


def nested(
    draws: np.random.Generator, mean: np.ndarray | float, searches: int, tasks: int
) -> np.ndarray:
    """Two trainings of the winner of each search; most of the noise is between searches."""
    between = draws.normal(0, 0.1, (searches, 1, tasks))
    return mean + between + draws.normal(0, 0.05, (searches, 2, tasks))


@pytest.mark.parametrize("searches", [5, 10])
def test_the_iqm_of_searches_with_trainings_nested_in_them(searches: int) -> None:
    mean = np.linspace(0.2, 0.8, 6)

    def interval(draws: np.random.Generator) -> st.Interval:
        return st.bootstrap_interval(nested(draws, mean, searches, 6), rng=draws, **RESAMPLES)

    truth = float(st.iqm(st.flat(nested(np.random.default_rng(0), mean, 50_000, 6))))
    assert LEAST <= coverage(interval, truth) <= MOST


def test_the_mean_over_tasks_redrawn() -> None:
    def interval(draws: np.random.Generator) -> st.Interval:
        scores = draws.random(12) + draws.normal(0, 0.02, (5, 12))
        return st.task_interval(scores, st.mean, rng=draws, **RESAMPLES)

    assert LEAST <= coverage(interval, 0.5) <= MOST


def test_the_human_normalised_score_with_all_three_redrawn() -> None:
    def interval(draws: np.random.Generator) -> st.Interval:
        arms = (draws.normal(mean, 0.1, (8, 4)) for mean in (0.5, 0.8, 0.2))
        return human_normalised_score(*arms, rng=draws, clip=None, **RESAMPLES).interval

    assert LEAST <= coverage(interval, 0.5) <= MOST


@pytest.mark.parametrize("runs", [5, 10])
def test_the_probability_of_improvement(runs: int) -> None:
    def interval(draws: np.random.Generator) -> st.Interval:
        ours, theirs = draws.normal(0.5, 1, (runs, 8)), draws.normal(0, 1, (runs, 8))
        return st.improvement_interval(ours, theirs, rng=draws, **RESAMPLES)

    truth = NormalDist().cdf(0.5 / np.sqrt(2))
    assert LEAST <= coverage(interval, truth) <= MOST


def quicken(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    """Contrasts with fewer resamples than they have elsewhere; `n` for the improvement."""
    monkeypatch.setattr(significance, "_N_RESAMPLES", 400)
    few = partial(st.improvement_interval, n_resamples=n)
    monkeypatch.setattr(significance, "improvement_interval", few)


@pytest.mark.parametrize("shared", [0.0, 0.2])
def test_the_contrast_of_paired_searches(shared: float, monkeypatch) -> None:
    """Noise that both sides share cancels in the difference, and the interval still covers."""
    quicken(monkeypatch, 2)

    def interval(draws: np.random.Generator) -> st.Interval:
        both = draws.normal(0, shared, (5, 1, 8))
        ours, theirs = nested(draws, 0.1, 5, 8) + both, nested(draws, 0.0, 5, 8) + both
        return contrast(ours, theirs, rng=draws).difference_interval

    assert LEAST <= coverage(interval, 0.1) <= MOST


def test_the_improvement_of_a_contrast_of_searches(monkeypatch) -> None:
    quicken(monkeypatch, 400)

    def interval(draws: np.random.Generator) -> st.Interval:
        pair = nested(draws, 0.1, 5, 4), nested(draws, 0.0, 5, 4)
        return contrast(*pair, rng=draws).improvement_interval

    truth = NormalDist().cdf(0.1 / np.sqrt(2 * (0.1**2 + 0.05**2)))
    assert LEAST <= coverage(interval, truth) <= MOST
