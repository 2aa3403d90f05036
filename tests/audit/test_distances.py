"""What distances must and must not notice, with exact regrets beside them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alignenv.reward_design.audit.canonical import (
    dard,
    epic,
    minimal,
    minimal_choice,
    policy_values,
    val,
    val_potential,
)
from alignenv.reward_design.audit.distance import (
    chord,
    pearson_distance,
    ranks,
    regret_bound,
    return_distance,
    spearman,
    starc,
)
from alignenv.reward_design.audit.transitions import (
    as_table,
    cover,
    every_choice,
    uniform_draws,
)
from alignenv.tabular import TabularModel, deterministic, plan_discounted

GAMMA = 0.9
NAMES = ("epic", "dard", "val_potential", "val", "minimal")


def make_model(matrix: np.ndarray, horizon: int = 50) -> TabularModel:
    """A process without an end from its transition matrix, `(S, A, S)`."""
    n_states, n_actions, _ = matrix.shape
    after = np.broadcast_to(np.arange(n_states), matrix.shape).copy()
    nothing = np.zeros((n_states, n_actions))
    return TabularModel(
        successors=after,
        probabilities=matrix,
        visible=nothing,
        hidden=nothing,
        start=np.full(n_states, 1.0 / n_states),
        terminal=np.zeros(n_states, dtype=np.bool_),
        horizon=horizon,
    )


def random_model(seed: int, n_states: int = 8, n_actions: int = 3) -> TabularModel:
    """Each choice leads to one of two states."""
    rng = np.random.default_rng(seed)
    matrix = np.zeros((n_states, n_actions, n_states))
    for state in range(n_states):
        for action in range(n_actions):
            chance = rng.uniform(0.1, 0.9)
            one, two = rng.choice(n_states, size=2, replace=False)
            matrix[state, action, [one, two]] = chance, 1.0 - chance
    return make_model(matrix)


def uniform(model: TabularModel) -> np.ndarray:
    return np.full((model.n_states, model.n_actions), 1.0 / model.n_actions)


def mean_of(reward: np.ndarray, model: TabularModel) -> np.ndarray:
    return (reward * model.transition_matrix()).sum(axis=2)


def distances(one: np.ndarray, two: np.ndarray, model: TabularModel) -> dict[str, float]:
    """All five, on every choice of the process alike."""
    shares, policy = every_choice(model), uniform(model)
    rows, draws = cover(model, shares), uniform_draws(model)
    found: dict[str, list[np.ndarray]] = {name: [] for name in NAMES}
    for reward in (one, two):
        table, mean = as_table(reward), mean_of(reward, model)
        direct = table(rows.before, rows.action, rows.after)
        found["epic"].append(epic(table, rows, draws, GAMMA))
        found["dard"].append(dard(table, rows, model, policy[0], GAMMA))
        found["val_potential"].append(val_potential(direct, mean, model, policy, rows, GAMMA))
        found["val"].append(val(mean, model, policy, GAMMA))
        found["minimal"].append(minimal_choice(mean, model, shares, GAMMA))
    sizes = (float(np.abs(one).max()), float(np.abs(two).max()))
    return {
        name: pearson_distance(*forms, rows.weight)
        if name in ("epic", "dard")
        else starc(*forms, shares if forms[0].ndim == 2 else rows.weight, sizes)
        for name, forms in found.items()
    }


def regret(one: np.ndarray, two: np.ndarray, model: TabularModel) -> float:
    """Share of the range of returns under `one` that the optimum of `two` loses, exactly."""
    mean, worth = mean_of(one, model), []
    for wanted in (mean, -mean, mean_of(two, model)):
        policy = deterministic(plan_discounted(model, wanted, GAMMA), model.n_actions)
        worth.append(float(model.start @ policy_values(mean, model, policy, GAMMA)))
    best, worst, got = worth
    return (best - got) / (best - worst)


def shaping(potential: np.ndarray, model: TabularModel) -> np.ndarray:
    added = GAMMA * potential[np.newaxis, np.newaxis, :] - potential[:, np.newaxis, np.newaxis]
    return np.broadcast_to(added, (model.n_states, model.n_actions, model.n_states))


@pytest.fixture(scope="module")
def world() -> dict[str, np.ndarray]:
    model, rng = random_model(1), np.random.default_rng(2)
    matrix = model.transition_matrix()
    noise = rng.normal(size=matrix.shape)
    spread = np.where(matrix > 0, noise, 0.0)
    spread -= (spread * matrix).sum(axis=2, keepdims=True) * (matrix > 0)
    return {
        "reward": rng.normal(size=matrix.shape) * (matrix > 0),
        "shaping": np.array(shaping(rng.normal(size=model.n_states), model)),
        "spread": spread,
        "impossible": np.where(matrix > 0, 0.0, noise),
    }


CASES = {
    "scaled and shaped": (1.0, 3.0, 3.0, 0.0, 0.0, (0, 0, 0, 0, 0)),
    "spread over outcomes": (1.0, 1.0, 0.0, 5.0, 0.0, (1, 1, 1, 0, 0)),
    "impossible transitions": (1.0, 1.0, 0.0, 0.0, 5.0, (1, 1, 0, 0, 0)),
    "negated": (1.0, -1.0, 0.0, 0.0, 0.0, (1, 1, 1, 1, 1)),
}


@pytest.mark.parametrize("name", CASES)
def test_what_each_distance_notices(name: str, world: dict[str, np.ndarray]) -> None:
    model = random_model(1)
    one, scale, shaped, spread, impossible, notices = CASES[name]
    first = one * world["reward"]
    second = scale * world["reward"] + shaped * world["shaping"] + spread * world["spread"]
    second = second + impossible * world["impossible"]
    found = distances(first, second, model)
    for metric, expected in zip(NAMES, notices, strict=True):
        assert (found[metric] > 0.1) == bool(expected), (metric, found)
    assert regret(first, second, model) == pytest.approx(float(name == "negated"), abs=1e-9)
    if name == "negated":
        assert all(value == pytest.approx(1.0, abs=1e-7) for value in found.values())


@pytest.mark.parametrize("hidden", ["impossible", "spread"])
def test_epic_and_dard_call_opposites_equal(hidden: str, world: dict[str, np.ndarray]) -> None:
    """A large part without effect hides that two rewards want opposite things."""
    model, common = random_model(1), 2000.0 * world[hidden]
    first, second = world["reward"] + common, common - world["reward"]
    found = distances(first, second, model)
    assert found["epic"] < 0.03
    assert found["dard"] < 0.03
    assert found["val"] == pytest.approx(1.0, abs=1e-6)
    assert found["minimal"] == pytest.approx(1.0, abs=1e-6)
    assert regret(first, second, model) == pytest.approx(1.0, abs=1e-9)


def test_a_constant_is_shaping_without_end(world: dict[str, np.ndarray]) -> None:
    found = distances(world["reward"], world["reward"] + 7.0, random_model(1))
    assert max(found.values()) < 1e-6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), scale=st.floats(0.01, 100.0))
def test_invariance_symmetry_and_range(seed: int, scale: float) -> None:
    model, rng = random_model(seed), np.random.default_rng(seed)
    one, two = (rng.normal(size=(8, 3, 8)) for _ in range(2))
    same = scale * one + shaping(rng.normal(size=8), model)
    assert max(distances(one, same, model).values()) < 1e-6
    there, back = distances(one, two, model), distances(two, one, model)
    for name in NAMES:
        assert there[name] == pytest.approx(back[name], abs=1e-9)
        assert -1e-9 <= there[name] <= 1.0 + 1e-9


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_regret_bound_holds(seed: int) -> None:
    """No policy that the second reward prefers loses more under the first than is promised."""
    model, rng = random_model(seed), np.random.default_rng(seed)
    one, two = (mean_of(rng.normal(size=(8, 3, 8)), model) for _ in range(2))
    policies = [rng.dirichlet(np.ones(3), size=8) for _ in range(2)]
    worth = [
        [float(model.start @ policy_values(r, model, p, GAMMA)) for p in policies]
        for r in (one, two)
    ]
    visits = [occupancy(model, policy) for policy in policies]
    if worth[1][1] < worth[1][0]:
        visits.reverse()
        worth = [pair[::-1] for pair in worth]
    forms = [minimal_choice(r, model, np.ones((8, 3)), GAMMA) for r in (one, two)]
    bound = regret_bound(*forms, (visits[0], visits[1]))
    assert worth[0][0] - worth[0][1] <= bound + 1e-9


def occupancy(model: TabularModel, policy: np.ndarray) -> np.ndarray:
    """Discounted visits, `(S, A)`; they add up to 1 / (1 - gamma)."""
    moves = np.einsum("sa,sat->st", policy, model.transition_matrix())
    visits = np.linalg.solve(np.eye(model.n_states) - GAMMA * moves.T, model.start)
    return visits[:, np.newaxis] * policy


def test_drawn_transitions_share_the_code_and_its_invariance() -> None:
    """With features for a basis, shaping in their span cancels to rounding at every size."""
    rng, n = np.random.default_rng(0), 200
    states = rng.normal(size=(2 * n, 3))
    basis = np.column_stack([np.ones(2 * n), states, states**2])
    model = make_model(np.eye(2 * n)[:, np.newaxis, :])
    rows = cover(model, np.concatenate([np.ones((n, 1)), np.zeros((n, 1))]))
    rows = rows._replace(after=n + np.arange(n))
    reward = rng.normal(size=n)
    potential = basis @ rng.normal(size=basis.shape[1])
    same = 3.0 * reward + GAMMA * potential[rows.after] - potential[rows.before]
    forms = [minimal(r, rows, GAMMA, basis) for r in (reward, same)]
    assert starc(*forms, rows.weight, (1.0, 1.0)) < 1e-12


def test_large_problems_agree_with_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Conjugate gradients and the dense solution are one answer."""
    model, rng = random_model(3, n_states=60), np.random.default_rng(4)
    rows = cover(model, every_choice(model))
    reward = rng.normal(size=rows.before.size)
    dense = minimal(reward, rows, 0.99)
    monkeypatch.setattr("alignenv.reward_design.audit.least_squares.DENSE", 1)
    assert np.abs(minimal(reward, rows, 0.99) - dense).max() < 1e-9


def test_returns_of_episodes() -> None:
    first = np.array([0.0, 1.0, 2.0, 3.0])
    assert return_distance(first, 2.0 * first + 1.0) == pytest.approx((0.0, 0.0), abs=1e-7)
    assert return_distance(first, -first) == pytest.approx((1.0, 1.0))
    bent = return_distance(first, first**3)
    assert bent.spearman == pytest.approx(0.0, abs=1e-7)
    assert bent.pearson > 0.1
    assert ranks(np.array([5.0, 1.0, 5.0])).tolist() == [2.5, 1.0, 2.5]
    assert np.isnan(spearman(first, np.ones(4)))


def test_a_reward_that_only_shapes_is_far_from_none_and_half_from_all() -> None:
    model, rng = random_model(5), np.random.default_rng(6)
    nothing = mean_of(np.array(shaping(rng.normal(size=8), model)), model)
    something = mean_of(rng.normal(size=(8, 3, 8)), model)
    shares = every_choice(model)
    forms = [minimal_choice(r, model, shares, GAMMA) for r in (nothing, something)]
    sizes = (float(np.abs(nothing).max()), float(np.abs(something).max()))
    assert starc(*forms, shares, sizes) == pytest.approx(0.5)
    assert starc(forms[0], 0.0 * forms[0], shares, (sizes[0], 1.0)) == 0.0
    assert chord(forms[1], -forms[1], shares) == pytest.approx(2.0)
