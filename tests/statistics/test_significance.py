"""Paired comparisons against closed forms and in simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from alignenv.errors import ConfigError
from alignenv.significance import contrast, holm, sign_flip_p


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("n", [2, 5, 10])
def test_gaps_of_one_sign_have_the_smallest_p_value_there_is(n: int) -> None:
    assert sign_flip_p(np.arange(1.0, n + 1), rng=rng()) == pytest.approx(2 / 2**n)


def test_sign_flips_have_the_binomial_p_value_for_equal_gaps() -> None:
    gaps = [1, 1, 1, 1, 1, 1, 1, 1, -1, -1]
    tail = sum(math.comb(10, k) for k in (0, 1, 2)) / 2**10
    assert sign_flip_p(gaps, rng=rng()) == pytest.approx(2 * tail)
    many = [1] * 15 + [-1] * 5
    tail = sum(math.comb(20, k) for k in range(6)) / 2**20
    assert sign_flip_p(many, rng=rng()) == pytest.approx(2 * tail, abs=0.006)


def test_no_gap_is_no_evidence() -> None:
    assert sign_flip_p([0.0] * 5, rng=rng()) == 1.0
    assert sign_flip_p([0.0] * 20, rng=rng()) == 1.0


def test_sign_flips_reject_a_true_null_at_their_level() -> None:
    draws = rng(1).normal(size=(2000, 8))
    rejected = np.mean([sign_flip_p(row, rng=rng()) <= 0.05 for row in draws])
    assert 0.035 <= rejected <= 0.055


def test_holm_has_the_published_values() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(some.lists(some.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p_values: list[float]) -> None:
    corrected = holm(p_values)
    assert all(after >= before for after, before in zip(corrected, p_values, strict=True))
    assert max(corrected) <= 1
    ranked = [corrected[i] for i in sorted(range(len(p_values)), key=p_values.__getitem__)]
    assert ranked == sorted(ranked)


def test_a_clear_difference_is_called_and_a_lucky_run_is_not() -> None:
    good, bad = np.full((8, 1), 0.95), np.full((8, 1), 0.10)
    better = contrast(good, bad, rng=rng())
    assert (better.difference, better.improvement) == (pytest.approx(0.85), 1.0)
    assert better.verdict(better.p) == "better"
    worse = contrast(bad, good, rng=rng())
    assert worse.verdict(worse.p) == "worse"
    lucky = np.zeros((8, 1))
    lucky[0] = 1.0
    one = contrast(lucky, np.zeros((8, 1)), rng=rng())
    assert one.verdict(one.p) == "undecided"
    assert better.verdict(0.06) == "undecided"


def test_equal_seeds_give_equal_contrasts() -> None:
    x, y = rng(2).random((2, 6, 3))
    assert contrast(x, y, rng=rng()) == contrast(x, y, rng=rng())
    assert contrast(x, y, rng=rng()).difference == -contrast(y, x, rng=rng()).difference


def test_runs_must_be_paired() -> None:
    with pytest.raises(ConfigError, match="same seeds"):
        contrast(np.zeros((3, 1)), np.zeros((4, 1)), rng=rng())
