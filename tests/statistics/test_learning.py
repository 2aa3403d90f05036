"""Figures of learning curves against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from alignenv.errors import ConfigError
from alignenv.learning import area_under_curve, restricted_mean, steps_to_threshold


def test_the_first_point_from_which_the_level_is_kept_counts():
    steps, values = [10, 20, 30, 40], [0.1, 0.8, 0.7, 0.9]
    assert steps_to_threshold(steps, values, 0.7) == 20
    assert steps_to_threshold(steps, values, 0.8) == 40
    assert steps_to_threshold(steps, values, 0.05) == 10
    assert steps_to_threshold([1, 2], [1.0, 0.3], 0.5) is None
    assert steps_to_threshold(steps, values, 0.95) is None
    assert steps_to_threshold([], [], 0.5) is None


def test_censored_times_count_as_the_horizon():
    assert restricted_mean([10, None, 30], 40) == pytest.approx((10 + 40 + 30) / 3)
    assert restricted_mean([None], 40) == 40
    assert restricted_mean([50], 40) == 40
    with pytest.raises(ConfigError, match="at least one time"):
        restricted_mean([], 40)


def test_restricted_mean_of_exponential_times_has_its_closed_form():
    times = np.random.default_rng(0).exponential(1.0, 200_000)
    censored = [time if time < 1 else None for time in times.tolist()]
    assert restricted_mean(censored, 1.0) == pytest.approx(1 - np.exp(-1), abs=0.003)


def test_area_is_the_mean_height():
    assert area_under_curve([1, 2, 3, 4], [0.5] * 4, 4) == 0.5
    assert area_under_curve(np.linspace(0, 10, 11), np.linspace(0, 1, 11), 10) == pytest.approx(0.5)
    assert area_under_curve([2], [1.0], 10) == 1.0
    assert area_under_curve([5, 10], [0.0, 1.0], 10) == pytest.approx(0.25)
    assert area_under_curve([5], [0.4], 4) == pytest.approx(0.4)


def test_malformed_curves_are_named():
    with pytest.raises(ConfigError, match="rising steps"):
        area_under_curve([2, 1], [0.0, 1.0], 2)
    with pytest.raises(ConfigError, match="No area"):
        area_under_curve([], [], 2)
