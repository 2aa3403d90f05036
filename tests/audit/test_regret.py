"""The study of regret on random processes: what is kept, and its order."""

from __future__ import annotations

import json

import numpy as np
import pytest

from alignenv.benchmarks.audit_regret import (
    METRICS,
    N_MODELS,
    N_PAIRS,
    N_STEPS,
    PAGE,
    RESULT,
    random_model,
    random_reward,
    regret,
    study,
    with_table,
)
from alignenv.seeding import generator


def test_the_page_has_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page, json.loads(RESULT.read_text(encoding="utf-8")))


def test_order_and_gap_are_as_published() -> None:
    """Forms blind to what cannot matter tell regret best; without a form it is told worst."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    assert result["n_pairs"] == N_MODELS * N_PAIRS * N_STEPS
    found = {row["metric"]: row["pearson"] for row in result["metrics"]}
    assert list(found) == list(METRICS)
    others = [found[name] for name in ("epic", "dard", "val_potential")]
    assert min(found["val"], found["minimal"]) > max(others)
    assert min(others) > found["none"] + 0.05


def test_one_process_again() -> None:
    pairs = list(study(1))
    assert len(pairs) == N_PAIRS * N_STEPS
    for pair in pairs:
        assert 0.0 <= pair.regret <= 1.0
        assert all(0.0 <= value <= 1.0 for value in pair.distances)
    again = next(study(1))
    assert again == pairs[0]


def test_regret_of_the_same_and_the_opposite() -> None:
    rng = generator(0, "audit", "test")
    model = random_model(rng)
    assert np.allclose(model.probabilities.sum(axis=2), 1.0)
    mean = (random_reward(rng) * model.probabilities).sum(axis=2)
    assert regret(model, mean, mean) == pytest.approx(0.0, abs=1e-9)
    assert regret(model, mean, -mean) == pytest.approx(1.0)
