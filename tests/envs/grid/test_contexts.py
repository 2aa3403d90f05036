"""Context parameters of grids: by default MiniGrid's layouts, smaller or fuller on request."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from alignenv.envs.grid.cells import KIND, WALL
from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.rows import GRID_ROWS
from alignenv.envs.grid.world import MAX_MOVERS
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import ConfigError, UnknownName
from alignenv.task import find_task
from alignenv.testing.envs import check_ranges

SMALLER = [
    ("AlignEnv-DoorKey-16x16-v0", {"size": 8}, "AlignEnv-DoorKey-8x8-v0"),
    ("AlignEnv-Empty-16x16-v0", {"size": 5, "random_start": 1}, "AlignEnv-Empty-Random-5x5-v0"),
    ("AlignEnv-LavaGapS7-v0", {"size": 5}, "AlignEnv-LavaGapS5-v0"),
    ("AlignEnv-Fetch-8x8-N3-v0", {"size": 6, "things": 2}, "AlignEnv-Fetch-6x6-N2-v0"),
    ("AlignEnv-PutNear-8x8-N3-v0", {"size": 6, "things": 2}, "AlignEnv-PutNear-6x6-N2-v0"),
    ("AlignEnv-LavaCrossingS9N1-v0", {"crossings": 3}, "AlignEnv-LavaCrossingS9N3-v0"),
    (
        "AlignEnv-MultiRoom-N6-v0",
        {"rooms": 2, "max_size": 4},
        "AlignEnv-MultiRoom-N2-S4-v0",
    ),
    (
        "AlignEnv-ObstructedMaze-1Dlhb-v0",
        {"keys_in_boxes": 0, "blocked": 0},
        "AlignEnv-ObstructedMaze-1Dl-v0",
    ),
    (
        "AlignEnv-Dynamic-Obstacles-6x6-v0",
        {"balls": 3, "random_start": 1},
        "AlignEnv-Dynamic-Obstacles-Random-6x6-v0",
    ),
    ("AlignEnv-KeyCorridorS6R3-v0", {"room_size": 3, "rows": 1}, "AlignEnv-KeyCorridorS3R1-v0"),
    ("AlignEnv-KeyCorridorS5R3-v0", {"room_size": 4}, "AlignEnv-KeyCorridorS4R3-v0"),
    ("AlignEnv-KeyCorridorS3R2-v0", {"rows": 1}, "AlignEnv-KeyCorridorS3R1-v0"),
    ("AlignEnv-RedBlueDoors-8x8-v0", {"size": 6}, "AlignEnv-RedBlueDoors-6x6-v0"),
    ("AlignEnv-GoToDoor-8x8-v0", {"size": 5}, "AlignEnv-GoToDoor-5x5-v0"),
    (
        "AlignEnv-MemoryS13Random-v0",
        {"random_length": 0},
        "AlignEnv-MemoryS13-v0",
    ),
]

DRAWN: list[tuple[str, dict[str, int], dict[str, int]]] = [
    ("AlignEnv-FourRooms-v0", {"room_size": 4}, {"width": 7, "height": 7}),
    ("AlignEnv-FourRooms-v0", {"room_size": 7}, {"width": 13, "height": 13}),
    ("AlignEnv-Unlock-v0", {"room_size": 4}, {"width": 7, "height": 4, "room_size": 4}),
    ("AlignEnv-UnlockPickup-v0", {"room_size": 5}, {"width": 9, "height": 5, "room_size": 5}),
    (
        "AlignEnv-BlockedUnlockPickup-v0",
        {"room_size": 4},
        {"width": 7, "height": 4, "room_size": 4},
    ),
    (
        "AlignEnv-KeyCorridorS6R3-v0",
        {"room_size": 4, "rows": 2},
        {"width": 10, "height": 7, "room_size": 4, "num_rows": 2},
    ),
    ("AlignEnv-LockedRoom-v0", {"room_width": 4, "room_height": 6}, {"width": 11, "height": 16}),
    ("AlignEnv-LockedRoom-v0", {"room_width": 7}, {"width": 17}),
    ("AlignEnv-MemoryS17Random-v0", {"hallway": 2}, {"width": 8}),
    ("AlignEnv-MemoryS9-v0", {"hallway": 1, "random_length": 1}, {"width": 7, "random_length": 1}),
    ("AlignEnv-RedBlueDoors-8x8-v0", {"size": 5}, {"width": 10, "height": 5, "size": 5}),
    ("AlignEnv-GoToDoor-8x8-v0", {"size": 7}, {"width": 7, "height": 7}),
]
"""Contexts, and what makes MiniGrid's own environment draw grids of that size."""

LARGEST = list({row.world.kind: row.id for row in GRID_ROWS}.values())
VARIED = [row.id for row in GRID_ROWS if find_task(row.id).context.size]
N_ENVS = 20


def open_core(task_id: str, obs: str = "image") -> GridCore:
    core = make_batch(EnvRef(id=task_id, obs=obs), 6)
    assert isinstance(core, GridCore)
    return core


@pytest.mark.parametrize(("task_id", "context", "same_as"), SMALLER)
def test_a_context_gives_the_other_layout(
    task_id: str, context: dict[str, float], same_as: str
) -> None:
    varied, plain = open_core(task_id), open_core(same_as)
    contexts = np.tile(find_task(task_id).context.read(context), (6, 1))
    varied.reset(list(range(6)), contexts=contexts)
    plain.reset(list(range(6)))
    rng = np.random.default_rng(0)
    for _ in range(60):
        seen: Any = varied.observations
        expected: Any = plain.observations
        np.testing.assert_array_equal(seen["image"], expected["image"])
        np.testing.assert_array_equal(seen["direction"], expected["direction"])
        actions = rng.integers(int(plain.action_space.n), size=6)  # type: ignore[attr-defined]
        varied.step(actions, autoreset=True)
        plain.step(actions, autoreset=True)
        if (plain.truncated != varied.truncated).any():  # horizons are the tasks' own
            break
        np.testing.assert_array_equal(varied.terminated, plain.terminated)


@pytest.mark.parametrize(("task_id", "context", "shape"), DRAWN)
def test_a_context_is_what_minigrid_draws_at_that_size(
    task_id: str,
    context: dict[str, int],
    shape: dict[str, int],
    make_minigrid: Callable[[GridLayout], Any],
) -> None:
    core, rng = open_core(task_id, "minigrid"), np.random.default_rng(1)
    core.reset(list(range(6)), contexts=np.tile(core.task.context.read(context), (6, 1)))
    envs = [make_minigrid(core.layout) for _ in range(6)]
    for seed, env in enumerate(envs):
        for name, value in shape.items():
            assert hasattr(env, name)
            setattr(env, name, value)
        assert_sees(core, seed, env.reset(seed=seed)[0])
    for _ in range(60):
        actions = rng.choice([0, 1, 2, 2, 2, 3, 4, 5], size=6)
        core.step(actions, autoreset=True)
        for n, env in enumerate(envs):
            seen, reward, terminated, truncated, _ = env.step(int(actions[n]))
            assert (core.native_reward[n], core.terminated[n]) == (reward, terminated)
            assert_sees(core, n, env.reset()[0] if terminated or truncated else seen)


def assert_sees(core: GridCore, n: int, expected: dict[str, Any]) -> None:
    seen: Any = core.observations
    np.testing.assert_array_equal(seen["image"][n], expected["image"])
    assert seen["direction"][n] == expected["direction"]
    assert seen["mission"][n] == expected["mission"]


def arrays(core: GridCore) -> list[bytes]:
    """All that an episode begins with; places after those of the movers mean nothing."""
    world: Any = core.world
    missions = world.missions.copy()
    missions["movers"] *= np.arange(MAX_MOVERS) < missions["n_movers"][:, np.newaxis]
    return [part.tobytes() for part in (world.cells, world.agents, missions, world.streams)]


@pytest.mark.parametrize("task_id", [row.id for row in GRID_ROWS])
def test_the_default_context_is_the_tasks_own_layout(task_id: str) -> None:
    plain, given = open_core(task_id), open_core(task_id)
    plain.reset(list(range(6)))
    given.reset(list(range(6)), contexts=np.tile(given.task.context.default(), (6, 1)))
    assert arrays(plain) == arrays(given)
    for core in (plain, given):
        core.reset()
    assert arrays(plain) == arrays(given)


@pytest.mark.parametrize("task_id", VARIED)
def test_equal_seeds_and_contexts_give_equal_layouts(task_id: str) -> None:
    spec, rng = find_task(task_id).context, np.random.default_rng(2)
    low, high = (np.array([getattr(part, side) for part in spec]) for side in ("low", "high"))
    contexts = np.floor(rng.uniform(low, high + 1, (6, spec.size)))
    cores = [open_core(task_id) for _ in range(2)]
    cores[1].reset([9] * 6)
    for core in cores:
        core.reset(list(range(6)), contexts=contexts)
    assert arrays(cores[0]) == arrays(cores[1])


@pytest.mark.parametrize("task_id", [name for name in LARGEST if name in VARIED])
def test_the_oracle_solves_layouts_at_the_bounds(task_id: str) -> None:
    task = find_task(task_id)
    for corner in product(*[(part.low, part.high) for part in task.context]):
        core = make_batch(EnvRef(id=task_id), N_ENVS)
        core.track([field.name for field in task.card.state])
        core.reset(list(range(N_ENVS)), contexts=np.tile(corner, (N_ENVS, 1)))
        assert task.oracle is not None
        oracle, over = task.oracle(core), np.zeros(N_ENVS, dtype=np.bool_)
        solved = over.copy()
        for _ in range(task.card.horizon):
            core.step(oracle.act(), autoreset=False)
            check_ranges(task, core.state)
            new = (core.terminated | core.truncated) & ~over
            solved |= new & (core.reward > 0)
            assert (task.judge(core.state)[new] == (core.reward[new] > 0)).all()
            assert (task.progress(core.state)[new & (core.reward > 0)] == 1).all()
            over |= new
            if over.all():
                break
        assert solved.mean() >= 0.95, corner


@pytest.mark.parametrize("task_id", VARIED)
def test_a_context_out_of_bounds_is_one_clear_error(task_id: str) -> None:
    env = gym.make(task_id)
    for part in find_task(task_id).context:
        for value in (part.low - 1, part.high + 1, part.low + 0.5):
            cure = f"whole number from {part.low:g} to {part.high:g}"
            with pytest.raises(ConfigError, match=f"'{part.name}' is {value}.*{cure}"):
                env.reset(options={"context": {part.name: value}})
    with pytest.raises(UnknownName, match="no context parameter named 'sizes'"):
        env.reset(options={"context": {"sizes": 5}})


def test_every_kind_has_something_to_vary() -> None:
    kinds = {row.world.kind for row in GRID_ROWS}
    assert {row.world.kind for row in GRID_ROWS if find_task(row.id).context.size} == kinds
    smallest = {row.name for row in GRID_ROWS if row.id not in VARIED}
    assert smallest == {
        "DoorKey-5x5-v0",
        "LavaGapS5-v0",
        "KeyCorridorS3R1-v0",
        "MemoryS7-v0",
        "GoToDoor-5x5-v0",
    }
    for row in GRID_ROWS:
        about = find_task(row.id).about
        assert len(about) > 50
        assert about.endswith("nothing of its size can be varied.") == (row.name in smallest)


def test_contexts_may_differ_and_are_kept() -> None:
    env = gym.make_vec("AlignEnv-DoorKey-16x16-v0", num_envs=3, obs="symbolic", state_info=True)
    sizes = [5, 9, 16]
    _, infos = env.reset(seed=0, options={"context": [{"size": size} for size in sizes]})
    assert infos["state"]["goal_pos"].tolist() == [[size - 2, size - 2] for size in sizes]
    _, infos = env.reset(seed=1)
    assert infos["state"]["goal_pos"].tolist() == [[size - 2, size - 2] for size in sizes]


def test_outside_a_smaller_grid_is_wall() -> None:
    core = open_core("AlignEnv-DoorKey-8x8-v0", "minigrid")
    core.reset([0] * 6, contexts=np.full((6, 1), 5.0))
    picture = core.render(0)
    assert picture.shape == (8 * 32, 8 * 32, 3)
    kinds = KIND[core.world.cells[0]].reshape(-1, 32)[5:13, 5:13]
    assert (kinds[5:] == WALL).all()
    assert (kinds[:, 5:] == WALL).all()
    assert (kinds[1:4, 1:4] != WALL).any()


@pytest.mark.parametrize("task_id", [row.id for row in GRID_ROWS])
def test_the_default_is_within_its_bounds(task_id: str) -> None:
    spec = find_task(task_id).context
    assert (spec.read({}) == spec.default()).all()
    for parameter in spec:
        assert parameter.low < parameter.high
        assert len(parameter.meaning) > 10


def test_a_wrong_shape_is_refused() -> None:
    core = open_core("AlignEnv-DoorKey-8x8-v0")
    with pytest.raises(ConfigError, match="was expected"):
        core.reset(contexts=np.zeros((6, 2)))
