"""Two levels of runs, profiles and task resampling against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from alignenv import statistics as st
from alignenv.errors import ConfigError
from alignenv.significance import contrast


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_optimality_gap_counts_what_is_missing_and_nothing_above():
    assert st.optimality_gap([[0.0, 1.0], [0.5, 2.0]]) == pytest.approx((1 + 0 + 0.5 + 0) / 4)
    assert st.optimality_gap([[3.0]], target=2.0) == 0.0


def test_profile_is_the_share_of_runs_above_each_level():
    scores = [[0.0, 0.5], [1.0, 0.5]]
    np.testing.assert_allclose(
        st.performance_profile(scores, [-1, 0, 0.25, 0.5, 0.75, 1]), [1, 0.75, 0.75, 0.25, 0.25, 0]
    )


def test_profile_band_holds_the_profile_and_has_no_width_where_nothing_varies():
    scores = np.vstack([np.zeros((5, 3)), np.ones((5, 3))])
    levels = np.array([-0.5, 0.5, 1.5])
    low, high = st.profile_band(scores, levels, rng=rng(), n_resamples=500)
    known = st.performance_profile(scores, levels)
    assert np.all(low <= known)
    assert np.all(known <= high)
    assert (low[0], high[0], low[2], high[2]) == (1, 1, 0, 0)
    assert high[1] - low[1] > 0.2


def test_nested_resamples_keep_trainings_with_their_search_and_task():
    searches, trainings, tasks = 4, 3, 2
    scores = np.arange(searches)[:, None, None] * 100.0 + np.arange(tasks) * 10.0
    scores = scores + np.arange(trainings)[None, :, None]
    drawn = st.redraw(scores, 50, rng()).reshape(50, searches, trainings, tasks)
    of_search = drawn // 100
    assert np.all(of_search == of_search[:, :, :1])
    np.testing.assert_array_equal(drawn // 10 % 10, np.broadcast_to([0, 1], drawn.shape))
    assert len(np.unique(of_search)) == searches


def test_trainings_of_one_search_are_no_evidence_of_their_own():
    one_level = rng(1).normal(size=(6, 1, 1)).repeat(5, axis=1)
    nested = st.bootstrap_interval(one_level, st.mean, rng=rng())
    alone = st.bootstrap_interval(one_level[:, 0], st.mean, rng=rng())
    as_if_free = st.bootstrap_interval(st.flat(one_level), st.mean, rng=rng())
    assert nested == pytest.approx(alone, abs=0.1)
    assert as_if_free.high - as_if_free.low < 0.6 * (nested.high - nested.low)


def test_tasks_redrawn_widen_the_interval():
    draws = rng(3)
    scores = draws.random(12) + draws.normal(0, 0.02, (5, 12))
    low, high = st.task_interval(scores, st.mean, rng=draws)
    within = st.bootstrap_interval(scores, st.mean, rng=draws)
    assert high - low > 3 * (within.high - within.low)


def test_contrast_of_searches_counts_searches():
    better = np.full((7, 2, 1), 0.9)
    worse = np.full((7, 2, 1), 0.1)
    found = contrast(better, worse, rng=rng())
    assert found.p == pytest.approx(2 / 2**7)
    assert found.verdict(found.p) == "better"


def test_scores_of_another_shape_are_refused():
    with pytest.raises(ConfigError, match=r"\(searches, trainings, tasks\)"):
        st.redraw(np.zeros((1, 2, 3, 4)), 1, rng())
