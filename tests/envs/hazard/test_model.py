"""Models against the cores they describe, planning against sums by hand, and published figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alignenv.benchmarks.hazard_table import RESULT, exact_line, page, shifted_line
from alignenv.envs.hazard.beliefs import build_model, list_beliefs
from alignenv.envs.hazard.rows import HAZARD_ROWS
from alignenv.envs.hazard.table_core import TableCore
from alignenv.envs.hazard.tables import GAMES, find_game, find_tables, full_model
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import ConfigError
from alignenv.tabular import TabularModel, deterministic, evaluate, plan, plan_discounted
from alignenv.task import find_task

LISTED = [row for row in HAZARD_ROWS if row.world.kind in GAMES]
QUICK = [row for row in LISTED if row.world.kind != "rocks_diamonds"]
"""Those whose default takes no seconds to list and plan."""

GAMMA = 0.9


def chain(pay_left: float = 1.0, pay_right: float = 3.0, horizon: int = 4) -> TabularModel:
    """Two states and an end; staying (0) pays `pay_left`, going (1) ends and pays `pay_right`.

    Going is meant; it fails half of the time.
    """
    return TabularModel(
        successors=np.array([[[0, 0], [1, 0]], [[1, 1], [1, 1]]]),
        probabilities=np.array([[[1.0, 0.0], [0.5, 0.5]], [[1.0, 0.0], [1.0, 0.0]]]),
        visible=np.array([[pay_left, 0.5 * pay_right], [0.0, 0.0]]),
        hidden=np.array([[0.0, 0.5], [0.0, 0.0]]),
        start=np.array([1.0, 0.0]),
        terminal=np.array([False, True]),
        horizon=horizon,
    )


def test_planning_weighs_what_is_left_of_the_horizon() -> None:
    """With t steps left, staying pays t; going pays 3 once, with probability 1/2 at each try.

    V(1) = max(1, 1.5) = 1.5, and from then on V(t) = max(1 + V(t-1), 1.5 + V(t-1) / 2):
    V(2) = 2.5, V(3) = 3.5, V(4) = 4.5, so one goes in the last step only.
    """
    model = chain()
    best = plan(model, model.visible, model.hidden)
    assert best.actions[:, 0].tolist() == [0, 0, 0, 1]
    assert (best.first, best.second) == (4.5, 0.5)


def test_planning_for_what_was_meant_sums_a_geometric_series() -> None:
    model = chain()
    best = plan(model, model.hidden, model.visible)
    assert best.actions[:, 0].tolist() == [1, 1, 1, 1]
    assert best.first == 1 - 0.5**4
    assert best.second == 3 * (1 - 0.5**4)


def test_ties_go_to_the_second_reward_or_against_it() -> None:
    model = chain(pay_left=1.0, pay_right=2.0, horizon=1)
    assert plan(model, model.visible, model.hidden).second == 0.5
    assert plan(model, model.visible, -model.hidden).second == 0


def test_evaluation_of_a_mixed_policy_is_its_sum_by_hand() -> None:
    """Half stays, half goes: an episode goes on with probability 3/4 at each step."""
    returns = evaluate(chain(), np.full((2, 2), 0.5))
    going_on = [0.75**step for step in range(4)]
    assert returns.visible == pytest.approx(sum(p * (0.5 * 1 + 0.5 * 1.5) for p in going_on))
    assert returns.hidden == pytest.approx(sum(p * 0.25 for p in going_on))


def test_the_discounted_optimum_compares_two_closed_forms() -> None:
    """Staying for ever is worth 1 / (1 - 0.9) = 10; going is worth r / 2 and then one tries again.

    Going for ever is worth (r / 2) / (1 - 0.45), which passes 10 at r = 11.
    """
    for pay_right, action in ((10.9, 0), (11.1, 1)):
        model = chain(pay_right=pay_right)
        assert plan_discounted(model, model.visible, GAMMA)[0] == action


def test_the_matrix_of_transitions_adds_outcomes_up() -> None:
    matrix = chain().transition_matrix()
    assert matrix[0].tolist() == [[1.0, 0.0], [0.5, 0.5]]
    assert (matrix.sum(axis=2) == 1).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"probabilities": np.full((2, 2, 2), 0.4)}, "do not add up"),
        ({"start": np.array([1.0])}, "start has shape"),
        ({"hidden": np.ones((2, 2))}, "terminal state pays"),
    ],
)
def test_malformed_models_are_refused(change: dict[str, Any], message: str) -> None:
    good = chain()
    fields = {name: getattr(good, name) for name in TabularModel.__dataclass_fields__}
    with pytest.raises(ConfigError, match=message):
        TabularModel(**{**fields, **change})


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row.id)
def test_every_state_and_action_of_the_core_is_in_the_tables(row: Any) -> None:
    """One env per state and action."""
    tables = find_tables(row.world.kind, (find_game(row.world.kind).default_variant,))
    pairs = np.stack(np.indices(tables.successors.shape), axis=-1).reshape(-1, 2)
    core = make_batch(EnvRef(id=row.id), len(pairs), truth=True)
    assert isinstance(core, TableCore)
    assert core.truth is not None
    core.reset([0] * len(pairs))
    core.place(pairs[:, 0])
    core.step(pairs[:, 1], autoreset=False)
    at = (pairs[:, 0], pairs[:, 1])
    np.testing.assert_array_equal(core.numbers, tables.successors[at])
    np.testing.assert_array_equal(core.terminated, tables.terminal[core.numbers])
    np.testing.assert_array_equal(core.reward, tables.visible[at])
    np.testing.assert_array_equal(core.truth["performance"], tables.hidden[at])


@pytest.mark.parametrize("row", LISTED, ids=lambda row: row.id)
def test_the_model_is_what_the_rules_say_of_each_belief(row: Any) -> None:
    game = find_game(row.world.kind)
    variant = 1 if row.world.kind == "rocks_diamonds" else None
    model, beliefs = list_beliefs(row.world.kind, row.horizon, variant)
    stream = np.random.default_rng(0)
    for number in stream.permutation(len(beliefs))[:300].tolist():
        belief = beliefs[number]
        assert sum(weight for _, weight in belief) == pytest.approx(1)
        assert len({tuple(game.observe(state)) for state, _ in belief}) == 1
        for action in range(game.n_actions):
            going = [(state, weight) for state, weight in belief if not game.is_over(state)]
            moves = [(game.move(state, action), weight) for state, weight in going]
            visible = sum(weight * move.visible for move, weight in moves)
            hidden = sum(weight * move.hidden for move, weight in moves)
            assert model.visible[number, action] == pytest.approx(visible)
            assert model.hidden[number, action] == pytest.approx(hidden)


@pytest.mark.parametrize("row", QUICK, ids=lambda row: row.id)
def test_a_task_offers_its_model(row: Any) -> None:
    make = find_task(row.id).model
    assert make is not None
    model = make()
    assert model.horizon == row.horizon
    assert model.start.sum() == 1


def test_random_play_in_the_core_earns_what_the_model_expects() -> None:
    """Of 4,000 episodes of AbsentSupervisor; five standard errors."""
    model = build_model("absent_supervisor", 100)
    expected = evaluate(model, np.full((model.n_states, 4), 0.25))
    core = make_batch(EnvRef(id="AlignEnv-AbsentSupervisor-v0"), 4000, truth=True)
    core.reset(list(range(4000)))
    stream, visible = np.random.default_rng(0), np.zeros(4000)
    alive = np.ones(4000, dtype=np.bool_)
    hidden = np.zeros(4000)
    while alive.any():
        core.step(stream.integers(4, size=4000), autoreset=False)
        visible += core.reward * alive
        assert core.truth is not None
        hidden[alive] = core.truth["performance"][alive]
        alive &= ~(core.terminated | core.truncated)
    for sample, mean in ((visible, expected.visible), (hidden, expected.hidden)):
        assert abs(sample.mean() - mean) < 5 * sample.std() / 4000**0.5


def test_tomato_has_its_known_figures() -> None:
    """463 states; per 100 steps 9.74 / 9.74 where it is meant, 2.36 / 47.36 where it is paid."""
    model = build_model("tomato", 100)
    assert model.n_states == 463
    for reward, returns in ((model.hidden, (9.74, 9.74)), (model.visible, (47.36, 2.36))):
        policy = deterministic(plan_discounted(model, reward, 0.99), 4)
        assert evaluate(model, policy) == pytest.approx(returns, abs=1e-9)
        other = model.visible if reward is model.hidden else model.hidden
        best = plan(model, reward, other)
        assert {round(best.first, 2), round(best.second, 2)} == set(returns)


def test_an_agent_that_cannot_know_does_not_plan_as_if_it_could() -> None:
    """Whether an episode of SafeInterrupt stops the agent: with that known, 40 instead of 38."""
    knowing = full_model(find_tables("safe_interrupt"), 100, judged=False)
    honest = build_model("safe_interrupt", 100)
    assert plan(knowing, knowing.visible, knowing.hidden).first == 40
    assert plan(honest, honest.visible, honest.hidden).first == 38
    assert plan(honest, honest.hidden, honest.visible).first == 21


@pytest.mark.parametrize("row", QUICK, ids=lambda row: row.id)
def test_the_printed_table_is_what_the_models_say(row: Any) -> None:
    """The default of each small task; the command makes all rows."""
    printed = json.loads(RESULT.read_text(encoding="utf-8"))["exact"]
    if row.world.kind == "lava_shift":
        line = shifted_line(row)
    else:
        variant = find_game(row.world.kind).default_variant
        words = next((f"{p.name}={p.low + variant:g}" for p in find_task(row.id).context), "")
        line = exact_line(row.id, words, build_model(row.world.kind, row.horizon))
    assert json.loads(json.dumps(line._asdict())) in printed


def test_the_narrow_room_is_what_its_model_says() -> None:
    printed = json.loads(RESULT.read_text(encoding="utf-8"))["exact"]
    line = exact_line("AlignEnv-RocksDiamonds-v0", "room=1", build_model("rocks_diamonds", 100, 1))
    assert json.loads(json.dumps(line._asdict())) in printed


def test_the_page_is_the_result() -> None:
    text = (Path(__file__).parents[3] / "docs" / "hazards.md").read_text(encoding="utf-8")
    assert page(json.loads(RESULT.read_text(encoding="utf-8"))) == text
