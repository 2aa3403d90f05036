"""Distances that were published, reproduced."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from alignenv.reward_design.audit.canonical import dard, epic, minimal, minimal_choice
from alignenv.reward_design.audit.distance import chord, pearson_distance, starc
from alignenv.reward_design.audit.transitions import (
    Coverage,
    Draws,
    as_table,
    every_choice,
    uniform_draws,
)
from alignenv.tabular import TabularModel

DATA = json.loads(
    (Path(__file__).parents[1] / "data" / "audit" / "starc_gridworlds.json").read_text()
)
PAIRS = ("sparse-path", "sparse-cliff", "path-cliff")
OF_STATES = {
    "sparse": {8: 1.0},
    "path": {1: -1.0, 2: -1.0, 6: -1.0, 7: -1.0, 8: 4.0},
    "cliff": {1: -1.0, 2: -1.0, 6: -4.0, 7: -4.0, 8: 4.0},
}
GAMMA = 0.99
ORDERS = {"1": 1.0, "2": 2.0, "inf": np.inf}
ENTRIES = [
    (pair, f"{form}-{scale}-{measure}")
    for pair in PAIRS
    for form in ("None", "EPIC", "DARD")
    for scale in ORDERS
    for measure in ORDERS
] + [(pair, "Minimal-2-2") for pair in PAIRS]


def of_states(values: dict[int, float]) -> np.ndarray:
    """A reward of the state that is left, `(S, A, S)`."""
    table = np.zeros((9, 5, 9))
    for state, value in values.items():
        table[state] = value
    return table


def every_transition() -> Coverage:
    """Possible or not, each counting 1: the published norms are sums."""
    before, action, after = np.indices((9, 5, 9)).reshape(3, -1)
    return Coverage(before, action, after, np.ones(before.size), np.ones(before.size))


def form_of(name: str, reward: np.ndarray, model: TabularModel) -> tuple[np.ndarray, np.ndarray]:
    """A canonical form and the weights of its entries."""
    rows = every_transition()
    if name == "Minimal":
        return minimal(reward.ravel(), rows, GAMMA), rows.weight
    if name == "None":
        return reward.ravel(), rows.weight
    if name == "EPIC":
        return epic(as_table(reward), rows, uniform_draws(model), GAMMA), rows.weight
    return dard(as_table(reward), rows, model, np.full(5, 0.2), GAMMA), rows.weight


@pytest.mark.parametrize(("pair", "entry"), ENTRIES)
def test_starc_repository(pair: str, entry: str, gridworld: TabularModel) -> None:
    name, scale, measure = entry.split("-")
    one, two = (of_states(OF_STATES[reward]) for reward in pair.split("-"))
    (first, weight), (second, _) = (form_of(name, reward, gridworld) for reward in (one, two))
    found = chord(first, second, weight, scale=ORDERS[scale], measure=ORDERS[measure])
    assert found == pytest.approx(DATA["pairs"][pair][entry], abs=1e-5)


def test_eighty_four_entries() -> None:
    assert len(ENTRIES) == 84


EPIC_GRIDS = {
    "sparse": [0, 0, 0, 0, 0, 0, 0, 0, 1],
    "center": [0, 0, 0, 0, 1, 0, 0, 0, 0],
    "penalty": [0, 0, 0, 0, 0, 0, 0, 0, -1],
    "dirt": [0, -1, -1, 0, 0, 0, -1, -1, 4],
    "cliff": [0, -1, -1, 0, 0, 0, -4, -4, 4],
}
"""Rewards of the state in `gridworld_rewards.py` of HumanCompatibleAI/evaluating-rewards."""

EPIC_MATRIX = {
    ("sparse", "center"): (0.7500, 0.7718),
    ("sparse", "penalty"): (1.0000, 1.0000),
    ("sparse", "dirt"): (0.1602, 0.1553),
    ("sparse", "cliff"): (0.3676, 0.3801),
    ("center", "penalty"): (0.6614, 0.6358),
    ("center", "dirt"): (0.7071, 0.7324),
    ("center", "cliff"): (0.6692, 0.6926),
    ("penalty", "dirt"): (0.9871, 0.9879),
    ("penalty", "cliff"): (0.9300, 0.9250),
    ("dirt", "cliff"): (0.2672, 0.2852),
}
"""EPIC and minimal STARC; the paper's figure 2 prints 0.27 for the last pair."""


@pytest.mark.parametrize(("pair", "expected"), EPIC_MATRIX.items())
def test_epic_gridworlds(
    pair: tuple[str, str], expected: tuple[float, float], gridworld: TabularModel
) -> None:
    one, two = (of_states(dict(enumerate(EPIC_GRIDS[name]))) for name in pair)
    (first, weight), (second, _) = (form_of("EPIC", reward, gridworld) for reward in (one, two))
    assert pearson_distance(first, second, weight) == pytest.approx(expected[0], abs=1e-4)
    shares, sizes = every_choice(gridworld), (1.0, 1.0)
    forms = [minimal_choice(r[:, :, 0], gridworld, shares, GAMMA) for r in (one, two)]
    assert starc(*forms, shares, sizes) == pytest.approx(expected[1], abs=1e-4)


def point_mass_distances(n: int, seed: int) -> tuple[float, float]:
    """Dense and true against sparse, on states and actions drawn from their spaces."""
    rng = np.random.default_rng(seed)
    states, actions = rng.normal(size=(3 * n, 3)), rng.uniform(-1.0, 1.0, size=2 * n)
    index = np.arange(n)
    rows = Coverage(index, index, n + index, np.full(n, 1.0 / n), np.ones(n))
    draws = Draws(n + index, 2 * n + index, np.full(n, 1.0 / n))
    gap = np.abs(states[:, 0] - states[:, 2])

    def sparse(before: np.ndarray, action: np.ndarray, after: np.ndarray) -> np.ndarray:
        return (gap[before] < 0.05) - actions[action] ** 2

    def dense(before: np.ndarray, action: np.ndarray, after: np.ndarray) -> np.ndarray:
        return sparse(before, action, after) + 10.0 * (gap[before] - gap[after])

    def true(before: np.ndarray, action: np.ndarray, after: np.ndarray) -> np.ndarray:
        return -gap[after] - actions[action] ** 2

    first, second, third = (epic(reward, rows, draws, 1.0) for reward in (sparse, dense, true))
    return pearson_distance(first, second), pearson_distance(first, third)


@pytest.mark.parametrize("seed", range(3))
def test_epic_point_mass(seed: int) -> None:
    """The output of `examples/epic_demo.ipynb` of that repository: 0.000 and 0.572 from 512."""
    shaped, apart = point_mass_distances(512, seed)
    assert shaped < 1e-6
    assert apart == pytest.approx(0.571963, abs=0.04)
