"""Staying near a reference, exactly; and what is kept of the study of Tomato."""

from __future__ import annotations

import json

import numpy as np
import pytest

from alignenv.benchmarks.audit_tomato import PAGE, RESULT, prepare, transforms, with_table
from alignenv.reward_design.audit.planning import optimise, visits
from alignenv.reward_design.audit.regularised import (
    DIVERGENCES,
    divergence,
    occupancy,
    stay_by_action,
    stay_by_visits,
)
from alignenv.tabular import TabularModel, evaluate

GAMMA = 0.9


def process(seed: int) -> tuple[TabularModel, np.ndarray, np.ndarray]:
    """Six states, two outcomes; a reward and a reference that does everything now and then."""
    rng = np.random.default_rng(seed)
    after = rng.integers(6, size=(6, 3, 2))
    chance = rng.dirichlet(np.ones(2), size=(6, 3))
    nothing = np.zeros((6, 3))
    start = rng.dirichlet(np.ones(6))
    model = TabularModel(
        successors=after,
        probabilities=chance,
        visible=nothing,
        hidden=nothing,
        start=start,
        terminal=np.zeros(6, dtype=np.bool_),
        horizon=40,
    )
    return model, rng.normal(size=(6, 3)), rng.dirichlet(np.ones(3), size=6)


@pytest.mark.parametrize("seed", range(4))
def test_a_high_price_keeps_and_a_low_one_frees(seed: int) -> None:
    model, reward, reference = process(seed)
    near = stay_by_action(model, reward, reference, 1e6, GAMMA)
    assert np.abs(near - reference).max() < 1e-4
    free = stay_by_action(model, reward, reference, 1e-3, GAMMA)
    best = optimise(model, reward, GAMMA).best
    assert (free * best).sum(axis=1) == pytest.approx(np.ones(6), abs=1e-3)
    for kind in DIVERGENCES:
        kept = stay_by_visits(model, reward, reference, 1e6, GAMMA, kind, 20)
        assert np.abs(kept.policy - reference).max() < 1e-2
        loose = stay_by_visits(model, reward, reference, 1e-6, GAMMA, kind, 20)
        share = occupancy(model, loose.policy, GAMMA)
        top = float(model.start @ optimise(model, reward, GAMMA).values) * (1 - GAMMA)
        assert float((share * reward).sum()) == pytest.approx(top, abs=1e-3)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", DIVERGENCES)
def test_nobody_beats_it_by_more_than_its_gap(seed: int, kind: str) -> None:
    model, reward, reference = process(seed)
    price = 0.2
    found = stay_by_visits(model, reward, reference, price, GAMMA, kind, 200)
    anchor = occupancy(model, reference, GAMMA)
    rng = np.random.default_rng(seed)
    for _ in range(100):
        share = occupancy(model, rng.dirichlet(0.3 * np.ones(3), size=6), GAMMA)
        value = float((reward * share).sum()) - price * divergence(kind, share, anchor)
        assert value <= found.value + found.gap + 1e-9


def test_occupancy_is_what_visits_count() -> None:
    model, _, reference = process(1)
    counted = (1 - GAMMA) * visits(model, reference, GAMMA)
    assert np.abs(occupancy(model, reference, GAMMA) - counted).max() < 1e-5


@pytest.mark.parametrize("seed", range(6))
def test_return_of_a_correlated_proxy_is_bounded(seed: int) -> None:
    """Laidlaw et al. (2025), theorem 1, over random policies of a random process."""
    model, proxy, reference = process(seed)
    rng = np.random.default_rng(seed)
    true = proxy + 0.5 * rng.normal(size=proxy.shape)
    anchor = occupancy(model, reference, GAMMA)

    def standard(reward: np.ndarray) -> np.ndarray:
        mean = float((anchor * reward).sum())
        return (reward - mean) / np.sqrt((anchor * (reward - mean) ** 2).sum())

    one, two = standard(proxy), standard(true)
    r = float((anchor * one * two).sum())
    for _ in range(50):
        share = occupancy(model, rng.dirichlet(np.ones(3), size=6), GAMMA)
        gains = float((share * one).sum()), float((share * two).sum())
        apart = np.sqrt(1 - r**2) * divergence("root-chi2", share, anchor)
        assert gains[1] >= r * gains[0] - apart - 1e-9
        if r > 0:
            assert gains[1] >= (gains[0] - apart) / r - 1e-9


def test_discounted_differences_are_the_same_reward() -> None:
    """The sum of `r - r of before` is `1 - gamma` times the sum of `r`, for every policy."""
    study = prepare()
    pay = transforms(study)
    model, rng = study.model, np.random.default_rng(0)
    for _ in range(3):
        share = occupancy(model, rng.dirichlet(np.ones(4), size=model.n_states), 0.99)
        whole = float((share * pay["as it is"]).sum())
        change = float((share * pay["difference, r - r of before"]).sum())
        nothing = float((share * pay["discounted difference, gamma r - r of before"]).sum())
        assert change == pytest.approx(0.01 * whole, abs=1e-12)
        assert nothing == pytest.approx(0.0, abs=1e-12)


def test_what_is_kept() -> None:
    rows = json.loads(RESULT.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page, rows)
    found = {(row["way"], row["price"]): row for row in rows}
    assert found["truly best", None]["true"] == 9.74
    for way in ("as it is", "scale to 0 and 1", "sigmoid about the mean (PAR)"):
        assert (found[way, None]["true"], found[way, None]["paid"]) == (2.36, 47.36)
    assert found["clip, then KL of actions", 0.5]["true"] > 9.7
    assert found["KL of actions", 1.0]["true"] < 3.0
    assert found["KL of visits", 1.0]["true"] < 3.0
    assert found["KL of visits", 5.0]["true"] > 9.0
    assert found["root of chi-squared of visits", 0.05]["true"] > 9.7


def test_first_rows_again() -> None:
    """The reference and what a reward without any change leads to."""
    study = prepare()
    reference = evaluate(study.model, study.reference)
    rows = {row["way"]: row for row in json.loads(RESULT.read_text(encoding="utf-8"))}
    assert rows["the reference"]["true"] == pytest.approx(reference.hidden, abs=0.005)
