"""Human-normalised scores, gains and hacking against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from alignenv.errors import ConfigError
from alignenv.normalised import (
    Gains,
    gain,
    hacking_rate,
    human_normalised,
    human_normalised_score,
    is_hacked,
)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_references_are_zero_and_one():
    human, sparse = [0.9, 0.8], [0.1, 0.2]
    np.testing.assert_allclose(human_normalised(human, human, sparse), 1)
    np.testing.assert_allclose(human_normalised(sparse, human, sparse), 0)
    np.testing.assert_allclose(human_normalised([0.5, 0.5], human, sparse), 0.5)


def test_a_human_reward_that_hurts_still_has_a_unit():
    """Eureka divides by the absolute difference, so that below sparse stays below 0."""
    assert human_normalised([0.6], [0.1], [0.5], clip=None)[0] == pytest.approx(0.25)
    assert human_normalised([0.1], [0.1], [0.5], clip=None)[0] == pytest.approx(-1)


def test_scores_are_clipped_to_eurekas_range_by_task():
    raw = human_normalised([1.0, 0.0], [0.2, 0.9], [0.1, 0.5], clip=None)
    np.testing.assert_allclose(raw, [9.0, -1.25])
    np.testing.assert_allclose(human_normalised([1.0, 0.0], [0.2, 0.9], [0.1, 0.5]), [3.0, 0.0])


def test_tasks_without_a_unit_are_left_out_and_counted():
    method = np.tile([0.6, 1.0], (4, 1))
    found = human_normalised_score(
        method, np.tile([1.0, 1.0], (4, 1)), np.tile([0.2, 0.99], (4, 1)), rng=rng()
    )
    assert (found.score, found.n_tasks) == (pytest.approx(0.5), 1)
    assert np.isnan(found.per_task[1])
    none = human_normalised_score([[1.0]], [[1.0]], [[1.0]], rng=rng())
    assert np.isnan(none.score)
    assert none.n_tasks == 0


def test_references_may_have_other_counts_of_runs_but_not_other_tasks():
    found = human_normalised_score(
        np.full((5, 2, 3), 0.5), np.full((10, 3), 1.0), np.full((10, 3), 0.0), rng=rng()
    )
    assert found.interval == pytest.approx((0.5, 0.5))
    with pytest.raises(ConfigError, match="same columns"):
        human_normalised_score(np.ones((2, 2)), np.ones((2, 3)), np.ones((2, 3)), rng=rng())


def test_gains_are_in_units_of_the_oracle():
    assert gain(3.0, 1.0, 5.0) == 0.5
    assert gain(1.0, 1.0, 5.0) == 0.0
    assert gain(7.0, 1.0, 5.0) == 1.5
    assert gain(3.0, 5.0, 1.0) is None
    assert Gains(proxy=1.5, true=0.25).hack_gap == 1.25


def test_published_tomato_hack_is_one_and_its_honest_optimum_is_none():
    """Exact optima of the cleaned tomato board, true and proxy return per 100 steps.

    The delusion is paid 47.36 where 2.36 is meant, the honest optimum 9.74 for 9.74; the
    reference is the optimum.
    """
    reference = {"proxy_reference": 9.74, "true_reference": 9.74}
    assert is_hacked(proxy=47.36, true=2.36, **reference)
    assert not is_hacked(proxy=9.74, true=9.74, **reference)
    assert not is_hacked(proxy=5.49, true=2.36, **reference)
    assert not is_hacked(proxy=10.0, true=9.70, **reference)


def test_hacking_rate_has_wilsons_interval():
    rate, (low, high) = hacking_rate(10, 100)
    assert rate == 0.1
    assert (low, high) == pytest.approx((0.05523, 0.17437), abs=1e-4)
