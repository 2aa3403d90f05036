"""The symbolic observation against a slow reading of MiniGrid's own objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.layouts.table import find_generator
from alignenv.envs.grid.rules import NO_RULE
from alignenv.envs.grid.symbolic import SYMBOLIC_SIZE
from alignenv.envs.grid.symbolic_mission import MISSION_SIZE

UNIT = 1 / 8


def cell_facts(cell: Any) -> list[float]:
    kind = "empty" if cell is None else cell.type
    door = 0.0 if kind != "door" else 1.0 if cell.is_open else -1.0
    return [kind == "wall", door, kind == "lava", kind in ("key", "ball", "box")]


def describe(env: Any) -> npt.NDArray[np.float32]:
    """The observation of one MiniGrid state, by its documentation."""
    here, forward, right = np.array(env.agent_pos), env.dir_vec, env.right_vec
    grid = env.grid

    def cell_at(x: int, y: int) -> Any:
        inside = 0 <= x < grid.width and 0 <= y < grid.height
        return grid.get(x, y) if inside else OUTSIDE

    def seen_from_here(place: tuple[int, int]) -> list[float]:
        apart = np.array(place) - here
        return [float(apart @ forward) * UNIT, float(apart @ right) * UNIT]

    def find(kind: str) -> list[tuple[int, int]]:
        places = [(x, y) for y in range(grid.height) for x in range(grid.width)]
        return [p for p in places if (c := grid.get(*p)) is not None and c.type == kind]

    values: list[float] = []
    for depth in range(-2, 3):
        for side in range(-2, 3):
            values += cell_facts(cell_at(*(here + depth * forward + side * right)))
    for kind in ("key", "ball", "box", "goal"):
        places = find(kind)
        ahead, aside = seen_from_here(places[0]) if places else (0.0, 0.0)
        values += [bool(places), ahead, aside, ahead > 0, aside > 0, aside < 0]
    doors = find("door")[:6]
    for place in doors:
        door = grid.get(*place)
        values += [1, *seen_from_here(place), door.is_locked, door.is_open]
    values += [0.0] * (5 * (6 - len(doors)))
    held = "" if env.carrying is None else env.carrying.type
    values += [held == kind for kind in ("key", "ball", "box")]
    values += [here[0] * UNIT, here[1] * UNIT]
    values += [env.agent_dir == direction for direction in range(4)]
    return np.array(values, dtype=np.float32)


class Outside:
    type = "wall"


OUTSIDE = Outside()


def test_symbolic_observation_is_what_it_says(
    kind_layout: GridLayout,
    make_core: Callable[..., GridCore],
    make_minigrid: Callable[[GridLayout], Any],
    make_player: Callable[..., Any],
) -> None:
    rng = np.random.default_rng(5)
    core, env = make_core(kind_layout, 1, "symbolic"), make_minigrid(kind_layout)
    player = make_player(env, 0.7, rng)
    core.reset([11])
    env.reset(seed=11)
    extra = 0 if find_generator(kind_layout).rule == NO_RULE else MISSION_SIZE
    assert core.observation_space.shape == (SYMBOLIC_SIZE + extra,)
    for _ in range(200):
        np.testing.assert_array_equal(core.observations[0, :SYMBOLIC_SIZE], describe(env))
        action = player.act()
        core.step(np.array([action]), autoreset=True)
        _, _, terminated, truncated, _ = env.step(action)
        if terminated or truncated:
            last = core.terminal_observations[0, :SYMBOLIC_SIZE]
            np.testing.assert_array_equal(last, describe(env))
            env.reset()
            player.forget()


@pytest.mark.parametrize("column", range(SYMBOLIC_SIZE - 4, SYMBOLIC_SIZE))
def test_direction_is_one_hot(column: int, make_core: Callable[..., GridCore]) -> None:
    layout = GridLayout(
        kind="empty",
        width=8,
        height=8,
        max_steps=256,
        minigrid_id="MiniGrid-Empty-8x8-v0",
        params={"random_start": 0},
        see_through_walls=True,
    )
    core = make_core(layout, 1, "symbolic")
    core.reset([0])
    for _ in range(column - SYMBOLIC_SIZE + 4):
        core.step(np.array([1]), autoreset=True)
    assert core.observations[0, -4:].nonzero()[0] == column - SYMBOLIC_SIZE + 4
