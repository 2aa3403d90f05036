"""Context parameters of grids: by default MiniGrid's layouts, smaller or fuller on request."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from alignenv.envs.grid.cells import KIND, WALL
from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.rows import GRID_ROWS
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import ConfigError
from alignenv.task import find_task

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
]


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
