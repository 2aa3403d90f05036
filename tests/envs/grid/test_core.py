"""What a batch of grids promises apart from being MiniGrid's."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from alignenv.batch import BatchEnv
from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.features import GRID_FEATURES
from alignenv.envs.grid.layout import GridLayout
from alignenv.errors import CallOrderError, ConfigError, UnknownName

DOORKEY = GridLayout(
    kind="doorkey", width=6, height=6, max_steps=360, minigrid_id="MiniGrid-DoorKey-6x6-v0"
)
EMPTY = GridLayout(
    kind="empty",
    width=5,
    height=5,
    max_steps=12,
    minigrid_id="MiniGrid-Empty-5x5-v0",
    params={"random_start": 0},
    see_through_walls=True,
)
FORWARD = 2
TO_GOAL = [FORWARD, FORWARD, 1, FORWARD, FORWARD]


def actions(rng: np.random.Generator, n_steps: int, n_envs: int) -> npt.NDArray[np.int64]:
    return rng.integers(0, 7, (n_steps, n_envs))


def test_it_is_a_batch_env(make_core: Callable[..., GridCore]) -> None:
    core: BatchEnv = make_core(DOORKEY, 3)
    assert core.n_envs == 3
    assert core.action_space.n == 7  # type: ignore[attr-defined]
    core.reset([0, 1, 2])
    observation = {key: value[0] for key, value in core.observations.items()}  # type: ignore[union-attr]
    assert core.observation_space.contains({**observation, "direction": 1})


@pytest.mark.parametrize("obs", ["symbolic", "image", "minigrid"])
def test_equal_seeds_play_equal_games(obs: str, make_core: Callable[..., GridCore]) -> None:
    played = [make_core(DOORKEY, 8, obs) for _ in range(2)]
    for core in played:
        core.track(GRID_FEATURES)
        core.reset(range(8))
    for chosen in actions(np.random.default_rng(0), 500, 8):
        for core in played:
            core.step(chosen, autoreset=True)
    first, second = played
    np.testing.assert_array_equal(first.state, second.state)
    np.testing.assert_array_equal(first.start, second.start)
    np.testing.assert_equal(first.observations, second.observations)


def test_an_env_plays_alike_in_any_batch(make_core: Callable[..., GridCore]) -> None:
    small, large = make_core(DOORKEY, 1), make_core(DOORKEY, 9)
    small.reset([5])
    large.reset([1, 2, 3, 4, 5, 6, 7, 8, 9])
    for chosen in actions(np.random.default_rng(1), 800, 9):
        large.step(chosen, autoreset=True)
        small.step(chosen[4:5], autoreset=True)
        np.testing.assert_array_equal(
            small.observations["image"][0], large.observations["image"][4]
        )
        assert small.steps[0] == large.steps[4]


def test_a_masked_reset_leaves_the_others_alone(make_core: Callable[..., GridCore]) -> None:
    core = make_core(DOORKEY, 4)
    core.track(GRID_FEATURES)
    core.reset([0, 1, 2, 3])
    for chosen in actions(np.random.default_rng(2), 30, 4):
        core.step(chosen, autoreset=True)
    before, images = core.read_state(), core.observations["image"].copy()
    state, start = core.state.copy(), core.start.copy()
    mask = np.array([False, True, False, True])
    core.reset([None, 7, None, None], mask)
    after = core.read_state()
    np.testing.assert_array_equal(after[~mask], before[~mask])
    np.testing.assert_array_equal(core.observations["image"][~mask], images[~mask])
    np.testing.assert_array_equal(core.state[~mask], state[~mask])
    np.testing.assert_array_equal(core.start[~mask], start[~mask])
    fresh = make_core(DOORKEY, 1)
    fresh.reset([7])
    np.testing.assert_array_equal(after[1], fresh.read_state()[0])
    np.testing.assert_array_equal(core.start[mask], after[mask])
    np.testing.assert_array_equal(core.state[mask], after[mask])


def test_a_reset_without_a_seed_continues_the_stream(make_core: Callable[..., GridCore]) -> None:
    grids = []
    for core in (make_core(DOORKEY, 1), make_core(DOORKEY, 1)):
        core.reset([3])
        first = core.read_state()
        core.reset()
        core.reset([None])
        grids.append(core.read_state())
        assert not np.array_equal(first, grids[-1])
    np.testing.assert_array_equal(*grids)


def test_an_unseeded_env_starts_from_fresh_entropy(make_core: Callable[..., GridCore]) -> None:
    cores = [make_core(DOORKEY, 32) for _ in range(2)]
    for core in cores:
        core.reset()
    assert not np.array_equal(cores[0].read_state(), cores[1].read_state())


def test_success_pays_once_and_reports_the_ended_episode(
    make_core: Callable[..., GridCore],
) -> None:
    core = make_core(EMPTY, 2)
    core.track(["agent_pos", "path_to_goal"])
    core.reset([0, 1])
    for count, action in enumerate(TO_GOAL, start=1):
        core.step(np.array([action, 6]), autoreset=True)
        assert core.reward.tolist() == [float(count == len(TO_GOAL)), 0]
    assert core.native_reward.tolist() == [1 - 0.9 * (5 / 12), 0]
    assert core.terminated.tolist() == [True, False]
    assert core.truncated.tolist() == [False, False]
    assert core.steps.tolist() == [5, 5]
    state, start = (core.task.card.state.view(r) for r in (core.state, core.start))
    assert state["agent_pos"].tolist() == [[3, 3], [1, 1]]
    assert state["path_to_goal"].tolist() == [0, 4]
    assert start["agent_pos"].tolist() == [[1, 1], [1, 1]]
    assert start["path_to_goal"].tolist() == [4, 4]


def test_reaching_the_goal_at_the_horizon_is_both(make_core: Callable[..., GridCore]) -> None:
    core = make_core(EMPTY, 1)
    core.reset([0])
    for action in [6] * 7 + TO_GOAL:
        core.step(np.array([action]), autoreset=False)
    assert core.terminated[0]
    assert core.truncated[0]
    assert core.reward[0] == 1
    assert core.native_reward[0] == 1 - 0.9


def test_without_autoreset_the_last_view_stays(make_core: Callable[..., GridCore]) -> None:
    manual, auto = make_core(EMPTY, 1), make_core(EMPTY, 1)
    for core in (manual, auto):
        core.reset([0])
    for action in TO_GOAL:
        manual.step(np.array([action]), autoreset=False)
        auto.step(np.array([action]), autoreset=True)
    last = auto.terminal_observations["image"]
    np.testing.assert_array_equal(manual.observations["image"], last)
    assert not np.array_equal(auto.observations["image"], last)
    manual.reset(mask=manual.terminated)
    np.testing.assert_array_equal(manual.observations["image"], auto.observations["image"])


@pytest.mark.parametrize("obs", ["symbolic", "image"])
def test_a_copy_goes_its_own_way(obs: str, make_core: Callable[..., GridCore]) -> None:
    core, rng = make_core(DOORKEY, 4, obs), np.random.default_rng(6)
    core.track(["agent_pos", "path_to_key"])
    core.reset(range(4))
    core.render()
    for chosen in actions(rng, 20, 4):
        core.step(chosen, autoreset=True)
    copy, before = deepcopy(core), core.read_state()
    played = actions(rng, 200, 4)
    for chosen in played:
        copy.step(chosen, autoreset=True)
    np.testing.assert_array_equal(core.read_state(), before)
    for chosen in played:
        core.step(chosen, autoreset=True)
    np.testing.assert_equal(copy.observations, core.observations)
    np.testing.assert_array_equal(copy.state, core.state)
    np.testing.assert_array_equal(copy.steps, core.steps)
    assert not np.array_equal(core.read_state(), before)


def test_render_is_minigrids(
    layout: GridLayout,
    make_core: Callable[..., GridCore],
    make_minigrid: Callable[[GridLayout], Any],
    make_player: Callable[..., Any],
) -> None:
    core, env = make_core(layout, 2), make_minigrid(layout)
    env.render_mode = "rgb_array"
    player = make_player(env, 0.9, np.random.default_rng(0))
    core.reset([4, 9])
    env.reset(seed=9)
    for _ in range(12):
        action = player.act()
        core.step(np.array([0, action]), autoreset=False)
        _, _, terminated, *_ = env.step(action)
        if terminated:
            break
    picture = core.render(1)
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, env.render())
    core.close()
    core.close()
    np.testing.assert_array_equal(core.render(1), picture)


def test_misuse_is_refused(make_core: Callable[..., GridCore]) -> None:
    core = make_core(EMPTY, 2)
    with pytest.raises(CallOrderError, match="before its first reset"):
        core.step(np.array([0, 0]), autoreset=True)
    core.reset(mask=np.array([True, False]))
    with pytest.raises(CallOrderError, match="before its first reset"):
        core.step(np.array([0, 0]), autoreset=True)
    core.reset([0, 1])
    with pytest.raises(ConfigError, match=r"2 whole numbers; got shape \(3,\) of int64"):
        core.step(np.zeros(3, np.int64), autoreset=True)
    with pytest.raises(ConfigError, match="of float64"):
        core.step(np.zeros(2), autoreset=True)
    with pytest.raises(ConfigError, match="Seed -1 is negative"):
        core.reset([0, -1])
    with pytest.raises(ConfigError, match="got 1 and 2"):
        core.reset([0])


@pytest.mark.parametrize("bad", [-1, 7, 2**40])
def test_an_unknown_action_changes_nothing(bad: int, make_core: Callable[..., GridCore]) -> None:
    core = make_core(EMPTY, 3)
    core.reset([0, 1, 2])
    before = core.read_state()
    with pytest.raises(ConfigError, match=f"Action {bad} of environment 1 is not in 0 to 6"):
        core.step(np.array([2, bad, 2]), autoreset=True)
    np.testing.assert_array_equal(core.read_state(), before)


def test_bad_arguments_are_refused(make_core: Callable[..., GridCore]) -> None:
    with pytest.raises(ConfigError, match="at least 1 environment; got 0"):
        make_core(EMPTY, 0)
    with pytest.raises(UnknownName, match="no observation named 'imag'"):
        make_core(EMPTY, 1, "imag")
    maze = GridLayout(
        kind="maze", width=5, height=5, max_steps=9, minigrid_id="MiniGrid-Empty-5x5-v0"
    )
    with pytest.raises(UnknownName, match="no grid layout named 'maze'"):
        make_core(maze, 1)
    bare = GridLayout(
        kind="lava", width=9, height=9, max_steps=9, minigrid_id="MiniGrid-LavaCrossingS9N1-v0"
    )
    with pytest.raises(ConfigError, match=r"'lava' takes \['crossings'\]; got \[\]"):
        make_core(bare, 1)


@pytest.mark.parametrize("dtype", [np.int32, np.uint8, np.int64])
def test_any_whole_number_type_will_do(
    dtype: npt.DTypeLike, make_core: Callable[..., GridCore]
) -> None:
    core = make_core(EMPTY, 1)
    core.reset([0])
    for action in TO_GOAL:
        core.step(np.array([action], dtype=dtype), autoreset=True)
    assert core.reward[0] == 1
