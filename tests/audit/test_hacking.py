"""Hacking by its definition: by hand, its bound, from episodes, and detectors' scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignenv.reward_design.audit.detection import (
    Scored,
    auroc,
    best_threshold,
    group_interval,
    named,
)
from alignenv.reward_design.audit.divergence import divergences, time_shares
from alignenv.reward_design.audit.hacking import Played, estimate_hacking, judge_hacking
from alignenv.reward_design.audit.ratio import estimate_divergences
from alignenv.tabular import TabularModel

PROXY = np.array([[0.0, 3.0], [2.0, 0.0]])
TRUE = np.array([[2.0, 3.0], [0.0, 0.0]])


def two_states() -> TabularModel:
    """From the first state one can go to the second, which is never left; two steps."""
    return TabularModel(
        successors=np.array([[[0], [1]], [[1], [1]]]),
        probabilities=np.ones((2, 2, 1)),
        visible=PROXY,
        hidden=TRUE,
        start=np.array([1.0, 0.0]),
        terminal=np.array([False, False]),
        horizon=2,
    )


def shares(share: float) -> np.ndarray:
    return time_shares(two_states(), np.array([[1.0 - share, share], [1.0, 0.0]]))


def test_two_states_by_hand() -> None:
    """Going pays more at once and twice, and what is truly paid ends with it."""
    found = judge_hacking(PROXY, TRUE, shares(1.0), shares(0.5))
    assert found.correlation == pytest.approx(21 / np.sqrt(111 * 87))
    assert found.proxy_gain == pytest.approx(7 / np.sqrt(111))
    assert found.true_gain == pytest.approx(-3 / np.sqrt(87))
    assert found.chi2 == pytest.approx(2 / 3)
    assert found.is_hacking
    assert not judge_hacking(PROXY, TRUE, shares(0.5), shares(0.5)).is_hacking, "it gains nothing"
    assert not judge_hacking(PROXY, PROXY, shares(1.0), shares(0.5)).is_hacking, "it is the truth"
    turned = judge_hacking(PROXY, -TRUE, shares(1.0), shares(0.5))
    assert not turned.is_proxy, "what goes against the truth from the start is no proxy"
    assert turned.least_true_gain == -np.inf


def test_a_reward_that_never_varies_is_no_proxy() -> None:
    found = judge_hacking(np.ones((2, 2)), TRUE, shares(1.0), shares(0.5))
    assert np.isnan(found.correlation)
    assert not found.is_proxy


@given(st.integers(0, 2**31 - 1))
def test_nothing_truly_falls_below_its_bound(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = two_states()
    policies = [np.array([[1 - a, a], [1 - b, b]]) for a, b in rng.uniform(0.05, 0.95, (2, 2))]
    proxy = rng.normal(size=(2, 2))
    true = proxy + rng.uniform(0.1, 2.0) * rng.normal(size=(2, 2))
    share, reference = (time_shares(model, policy) for policy in policies)
    found = judge_hacking(proxy, true, share, reference)
    assert found.true_gain >= found.least_true_gain - 1e-9


def played(share: float, n: int, rng: np.random.Generator) -> Played:
    """Episodes of the two states."""
    proxy, true = np.zeros((n, 2)), np.zeros((n, 2))
    gone = np.zeros(n, dtype=bool)
    for step in range(2):
        goes = ~gone & (rng.random(n) < share)
        rows = gone.astype(int), goes.astype(int)
        proxy[:, step], true[:, step] = PROXY[rows], TRUE[rows]
        gone |= goes
    return Played(proxy, true)


def test_episodes_tell_what_the_definition_says() -> None:
    rng = np.random.default_rng(0)
    exact = judge_hacking(PROXY, TRUE, shares(1.0), shares(0.5))
    reference = played(0.5, 400, rng)
    found = estimate_hacking(played(1.0, 400, rng), reference, rng)
    assert found.verdict == "hacking"
    low, high = found.correlation.interval
    assert low < exact.correlation < high
    assert found.proxy_gain.interval.low < 2 * (2.5 - 13 / 8) < found.proxy_gain.interval.high
    assert found.true_gain.interval.low < 2 * (1.5 - 15 / 8) < found.true_gain.interval.high
    assert estimate_hacking(reference, played(1.0, 400, rng), rng).verdict == "not"
    few = estimate_hacking(played(0.6, 8, rng), played(0.5, 8, rng), rng)
    assert few.verdict == "undecided", "eight episodes cannot tell a tenth from a half"


def test_intervals_hold_what_they_should() -> None:
    """95 % of them, here at least 88 % of 100, for the true gain and for the correlation."""
    exact = judge_hacking(PROXY, TRUE, shares(0.8), shares(0.5))
    gain = 2 * float(((shares(0.8) - shares(0.5)) * TRUE).sum())
    held = np.zeros(2)
    for seed in range(100):
        rng = np.random.default_rng(seed)
        found = estimate_hacking(played(0.8, 60, rng), played(0.5, 60, rng), rng, 500)
        held += [
            found.true_gain.interval.low <= gain <= found.true_gain.interval.high,
            found.correlation.interval.low <= exact.correlation <= found.correlation.interval.high,
        ]
    assert held.min() >= 88


def test_episodes_without_pay_decide_nothing_wrongly() -> None:
    rng = np.random.default_rng(0)
    nothing = Played(np.zeros((5, 2)), np.zeros((5, 2)))
    assert estimate_hacking(nothing, nothing, rng, 100).verdict == "not"


def steps(share: float, n: int, rng: np.random.Generator) -> np.ndarray:
    """Episodes of the two states as features: where, and what is done."""
    found, gone = np.zeros((n, 2, 2)), np.zeros(n, dtype=bool)
    for step in range(2):
        goes = ~gone & (rng.random(n) < share)
        found[:, step, 0], found[:, step, 1] = gone, goes
        gone |= goes
    return found


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_a_discriminator_measures_what_is_exact(share: float) -> None:
    rng = np.random.default_rng(1)
    exact = divergences(shares(share), shares(0.5))
    found = estimate_divergences(steps(share, 3000, rng), steps(0.5, 3000, rng), rng)
    assert found == pytest.approx(exact, abs=0.03)


def test_auroc_is_the_chance_to_score_above() -> None:
    score, label = np.array([0.1, 0.4, 0.4, np.inf]), np.array([False, False, True, True])
    assert auroc(score, label) == pytest.approx(3.5 / 4)
    assert auroc(-score, label) == pytest.approx(0.5 / 4)
    assert auroc(np.zeros(4), label) == 0.5
    assert np.isnan(auroc(score, np.ones(4, dtype=bool)))


def test_a_threshold_is_the_best_of_those_that_were_seen() -> None:
    score = np.array([0.0, 1.0, 2.0, 3.0, np.inf])
    label = np.array([False, True, False, True, True])
    assert best_threshold(score, label) == 1.0
    assert named(score, label, 1.0) == (1.0, 0.75, pytest.approx(6 / 7))
    assert named(score, label, 3.0) == (pytest.approx(2 / 3), 1.0, pytest.approx(0.8))
    nobody = named(score[:4], label[:4], 9.0)
    assert nobody.recall == 0.0
    assert np.isnan(nobody.precision)


@settings(max_examples=10)
@given(st.integers(0, 2**31 - 1))
def test_groups_are_drawn_whole(seed: int) -> None:
    """With every case a copy of one of two, an interval is as wide as if there were two."""
    rng = np.random.default_rng(seed)
    score = np.repeat([0.0, 1.0], 50)
    cases = Scored(score, score > 0.5, np.repeat([0, 1], 50))
    interval = group_interval(cases, lambda c: float(c.score.mean()), rng, 200)
    assert interval == (0.0, 1.0)
