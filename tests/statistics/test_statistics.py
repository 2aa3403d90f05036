"""Estimates and intervals against closed forms and published values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from alignenv import statistics as st
from alignenv.errors import ConfigError

X = [[1, 2], [2, 2], [1, 1], [2, 1]]
Y = [[1, 1], [2, 2], [3, 3]]


@pytest.mark.parametrize("aggregate", [st.mean, st.median, st.iqm])
@pytest.mark.parametrize(("scores", "value"), [(X, 1.5), (Y, 2.0)])
def test_aggregates_have_the_published_values(aggregate, scores, value):
    assert aggregate(scores) == value


def test_iqm_cuts_a_quarter_at_either_end():
    assert st.iqm(np.arange(8.0)[:, None]) == np.mean([2, 3, 4, 5])
    assert st.iqm([[-1e9], [1.0], [2.0], [3.0], [1e9]]) == 2.0
    assert st.iqm([[1.0], [2.0], [6.0]]) == 3.0


def test_probability_of_improvement_counts_ties_half():
    assert st.probability_of_improvement(X, Y) == pytest.approx(1 / 3)
    assert st.probability_of_improvement(X, X) == pytest.approx(0.5)
    assert st.probability_of_improvement([[2.0]], [[1.0], [3.0], [2.0], [0.0]]) == 2.5 / 4


@given(some.lists(some.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_aggregates_of_a_batch_are_those_of_its_members(values):
    batch = np.array([values, values[::-1]])[..., None]
    for aggregate in (st.mean, st.median, st.iqm):
        one = [float(aggregate(member)) for member in batch]
        np.testing.assert_allclose(aggregate(batch), one, rtol=1e-12)
        assert min(values) - 1e-6 <= one[0] <= max(values) + 1e-6


@pytest.mark.parametrize(
    ("p", "freedom", "value"),
    [(0.975, 1, 12.7062), (0.975, 2, 4.30265), (0.975, 9, 2.26216), (0.95, 4, 2.13185)],
)
def test_student_quantiles_match_the_tables(p, freedom, value):
    assert st.student_quantile(p, freedom) == pytest.approx(value, rel=1e-4)
    assert st.student_quantile(1 - p, freedom) == pytest.approx(-value, rel=1e-4)


def test_wilson_matches_published_values():
    assert st.wilson_interval(10, 100) == pytest.approx((0.05523, 0.17437), abs=1e-4)
    assert st.wilson_interval(0, 10) == pytest.approx((0.0, 0.27753), abs=1e-4)
    assert st.wilson_interval(10, 10) == pytest.approx((0.72247, 1.0), abs=1e-4)


@pytest.mark.parametrize("rates", [[0, 0, 0], [1, 1, 1]])
def test_equal_seeds_still_leave_an_interval(rates):
    low, high = st.success_interval(rates, 100)
    assert high - low > 0.01
    assert low == 0.0 or high == 1.0


def test_seeds_that_disagree_widen_the_interval_beyond_the_episodes():
    apart = st.success_interval([0.6, 0.8, 1.0], 100)
    alike = st.success_interval([0.8, 0.8, 0.8], 100)
    assert alike == pytest.approx(st.wilson_interval(240, 300))
    assert apart.low < 0.6 < 1.0 == apart.high
    assert st.success_interval([0.7], 10) == st.wilson_interval(7, 10)


@given(
    some.integers(1, 50).flatmap(
        lambda n: some.tuples(some.just(n), some.lists(some.integers(0, n), min_size=1, max_size=8))
    )
)
def test_success_interval_holds_the_rate_and_stays_a_probability(case):
    n, counts = case
    rates = np.array(counts) / n
    low, high = st.success_interval(rates, n)
    assert 0.0 <= low <= rates.mean() + 1e-12
    assert rates.mean() - 1e-12 <= high <= 1.0


def test_improvement_interval_tells_a_clear_winner_from_a_tie():
    rng = np.random.default_rng(8)
    better, worse = rng.normal(2, 1, (10, 4)), rng.normal(0, 1, (10, 4))
    assert st.improvement_interval(better, worse, rng=rng).low > 0.5
    low, high = st.improvement_interval(worse, worse, rng=rng)
    assert low < 0.5 < high


def test_equal_generators_give_equal_intervals():
    first = st.bootstrap_interval(X, st.mean, rng=np.random.default_rng(1), n_resamples=2500)
    again = st.bootstrap_interval(X, st.mean, rng=np.random.default_rng(1), n_resamples=2500)
    assert first == again


def test_malformed_rates_and_scores_are_named():
    with pytest.raises(ConfigError, match="not counts"):
        st.success_interval([101, 3], 100)
    with pytest.raises(ConfigError, match="one success rate per seed"):
        st.success_interval([], 100)
    with pytest.raises(ConfigError, match=r"\(runs, tasks\)"):
        st.bootstrap_interval([1.0, 2.0], rng=np.random.default_rng(0))
    with pytest.raises(ConfigError, match="successes <= n"):
        st.wilson_interval(3, 2)
