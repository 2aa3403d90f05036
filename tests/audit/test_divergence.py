"""Where time goes, and how far that is from a reference: by hand, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignenv.reward_design.audit.divergence import (
    action_divergence,
    divergences,
    merged,
    time_shares,
)
from alignenv.tabular import TabularModel, evaluate

STAY, GO = 0, 1
SEEDS = st.integers(0, 2**31 - 1)


def two_states() -> TabularModel:
    """From the first state one can go to the second, which is never left; two steps."""
    return TabularModel(
        successors=np.array([[[0], [1]], [[1], [1]]]),
        probabilities=np.ones((2, 2, 1)),
        visible=np.zeros((2, 2)),
        hidden=np.zeros((2, 2)),
        start=np.array([1.0, 0.0]),
        terminal=np.array([False, False]),
        horizon=2,
    )


def going(share: float) -> np.ndarray:
    return np.array([[1.0 - share, share], [1.0, 0.0]])


def random_process(seed: int) -> tuple[TabularModel, np.random.Generator]:
    """Five states, one of them terminal, chance in every choice."""
    rng = np.random.default_rng(seed)
    chance = rng.dirichlet(np.ones(2), size=(5, 3))
    after = rng.integers(5, size=(5, 3, 2))
    after[4] = 4
    pay = rng.normal(size=(2, 5, 3))
    pay[:, 4] = 0.0
    model = TabularModel(
        successors=after,
        probabilities=chance,
        visible=pay[0],
        hidden=pay[1],
        start=np.array([0.6, 0.4, 0.0, 0.0, 0.0]),
        terminal=np.array([False] * 4 + [True]),
        horizon=7,
    )
    return model, rng


def test_two_states_by_hand() -> None:
    model = two_states()
    ours, theirs = time_shares(model, going(1.0)), time_shares(model, going(0.5))
    assert ours == pytest.approx(np.array([[0.0, 0.5], [0.5, 0.0]]))
    assert theirs == pytest.approx(np.array([[3 / 8, 3 / 8], [1 / 4, 0.0]]))
    found = divergences(ours, theirs)
    assert found.kl == pytest.approx(0.5 * np.log(8 / 3))
    assert found.chi2 == pytest.approx(2 / 3)
    assert found.tv == pytest.approx(3 / 8)
    assert action_divergence(going(1.0), going(0.5), model) == pytest.approx(0.5 * np.log(2))


def test_what_the_reference_never_does_is_infinitely_far() -> None:
    model = two_states()
    found = divergences(time_shares(model, going(0.5)), time_shares(model, going(0.0)))
    assert (found.kl, found.chi2) == (np.inf, np.inf)
    assert found.tv == pytest.approx(5 / 8)
    assert action_divergence(going(0.5), going(0.0), model) == np.inf


@given(SEEDS)
def test_returns_are_means_over_time(seed: int) -> None:
    model, rng = random_process(seed)
    policy = rng.dirichlet(np.ones(3), size=5)
    share = time_shares(model, policy)
    assert share.sum() == pytest.approx(1.0)
    returns = evaluate(model, policy)
    assert model.horizon * (share * model.visible).sum() == pytest.approx(returns.visible)
    assert model.horizon * (share * model.hidden).sum() == pytest.approx(returns.hidden)


@given(SEEDS)
def test_zero_only_where_equal_and_the_known_inequalities(seed: int) -> None:
    model, rng = random_process(seed)
    one, two = (rng.dirichlet(0.5 * np.ones(3), size=5) for _ in range(2))
    p, q = time_shares(model, one), time_shares(model, two)
    assert divergences(p, p) == (0.0, 0.0, 0.0)
    found = divergences(p, q)
    assert min(found) > 0.0
    assert found.kl <= np.log1p(found.chi2) + 1e-12
    assert found.tv <= np.sqrt(found.kl / 2) + 1e-12
    assert found.tv <= 0.5 * np.sqrt(found.chi2) + 1e-12
    assert found.tv == pytest.approx(divergences(q, p).tv), "it has no direction"


@given(SEEDS)
def test_what_looks_alike_is_no_farther(seed: int) -> None:
    """Data processing: of choices that look alike, and of steps as parts of episodes."""
    model, rng = random_process(seed)
    one, two = (rng.dirichlet(np.ones(3), size=5) for _ in range(2))
    p, q = time_shares(model, one), time_shares(model, two)
    labels = rng.integers(4, size=p.shape)
    coarse, fine = divergences(merged(p, labels), merged(q, labels)), divergences(p, q)
    assert all(a <= b + 1e-12 for a, b in zip(coarse, fine, strict=True))
    assert fine.kl <= model.horizon * action_divergence(one, two, model) + 1e-12


def test_what_is_done_after_the_end_does_not_count() -> None:
    model, rng = random_process(0)
    policy = rng.dirichlet(np.ones(3), size=5)
    other = policy.copy()
    other[4] = [0.0, 0.0, 1.0]
    assert np.array_equal(time_shares(model, policy), time_shares(model, other))
    assert action_divergence(other, policy, model) == 0.0
