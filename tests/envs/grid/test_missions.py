"""Facts about missions against a slow reading of MiniGrid's own objects."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.features import MISSION_FEATURES
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.symbolic import SYMBOLIC_SIZE

Position = tuple[int, int]
NEIGHBOURS = [(1, 0), (0, 1), (-1, 0), (0, -1)]
KINDS = {None: 0, "door": 4, "key": 5, "ball": 6, "box": 7}
COLORS = ["red", "green", "blue", "purple", "yellow", "grey"]


class Named:
    """What the mission of a MiniGrid episode names, read at its beginning."""

    def __init__(self, env: Any) -> None:
        self.env, kind = env, type(env).__name__
        self.aim, self.trap = self._places(env, kind)
        self.wanted = self._wanted(env, kind)

    def _places(self, env: Any, kind: str) -> tuple[Position | None, Position | None]:
        if kind == "MemoryEnv":
            return env.success_pos, env.failure_pos
        if kind == "RedBlueDoorEnv":
            return env.red_door.cur_pos or self._find("door", "red"), self._find("door", "blue")
        if kind in ("GoToDoorEnv", "GoToObjectEnv", "PutNearEnv"):
            return env.target_pos, None
        if kind in ("UnlockPickupEnv", "BlockedUnlockPickupEnv", "KeyCorridorEnv", "LockedRoomEnv"):
            doors = [p for p in self.places("door") if env.grid.get(*p).is_locked]
            return doors[0], None
        return None, None

    def _wanted(self, env: Any, kind: str) -> tuple[str, str] | None:
        """Kind and colour of the thing named first."""
        if kind == "FetchEnv":
            return env.targetType, env.targetColor
        if kind == "GoToDoorEnv":
            return "door", env.target_color
        if kind == "GoToObjectEnv":
            return env.targetType, env.target_color
        if kind == "PutNearEnv":
            return env.move_type, env.moveColor
        if kind == "MemoryEnv":
            shown = env.grid.get(1, env.height // 2 - 1)
            return shown.type, shown.color
        if kind == "LockedRoomEnv":
            return "key", env.grid.get(*self.aim).color
        return (env.obj.type, env.obj.color) if hasattr(env, "obj") else None

    def _find(self, kind: str, color: str | None = None) -> Position | None:
        found = self.places(kind, color)
        return found[0] if found else None

    def places(self, kind: str, color: str | None = None) -> list[Position]:
        """Places of all objects of a kind and colour, row by row."""
        grid = self.env.grid
        every = [(x, y) for y in range(grid.height) for x in range(grid.width)]
        cells = [(place, grid.get(*place)) for place in every]
        return [
            place
            for place, cell in cells
            if cell is not None and cell.type == kind and color in (None, cell.color)
        ]

    def walk(self, target: Position | None, mode: str = "") -> int:
        """Fewest steps forward from the agent to a target, -1 for none."""
        if target is None:
            return -1
        here = tuple(int(v) for v in self.env.agent_pos)
        steps, queue = {target: 0}, deque([target])
        while queue:
            x, y = queue.popleft()
            for dx, dy in NEIGHBOURS:
                there = (x + dx, y + dy)
                inside = 0 <= there[0] < self.env.width and 0 <= there[1] < self.env.height
                is_free = inside and self._is_free(there, mode)
                if there not in steps and (is_free or there == here):
                    steps[there] = steps[x, y] + 1
                    if is_free:
                        queue.append(there)
        return steps.get(here, -1)  # type: ignore[call-overload, no-any-return]

    def _is_free(self, place: Position, mode: str) -> bool:
        cell = self.env.grid.get(*place)
        if cell is None:
            return True
        if cell.type == "door":
            unlocked = mode == "ajar" and not cell.is_locked
            return bool(cell.is_open or unlocked or mode in ("open", "through"))
        return mode == "through" and cell.type in ("key", "ball", "box")

    def expected(self, last: int | None) -> dict[str, Any]:
        """Features of the present state."""
        env, held = self.env, self.env.carrying
        here = tuple(int(v) for v in env.agent_pos)
        front = env.grid.get(*env.front_pos)
        has_wanted = held is not None and (held.type, held.color) == self.wanted
        lies = self._find(*self.wanted) if self.wanted else None
        kind = type(env).__name__
        facts: dict[str, Any] = {
            "carrying_thing": held is not None,
            "facing_thing": front is not None and front.can_pickup(),
            "ball_ahead": front is not None and front.type == "ball",
            "aim_pos": self.aim or (-1, -1),
            "trap_pos": self.trap or (-1, -1),
            "path_to_aim": self.walk(self.aim),
            "walk_to_aim": self.walk(self.aim, "ajar"),
            "path_to_trap": self.walk(self.trap),
            "said_done": last == 6,
            "wanted_kind": KINDS[self.wanted[0] if self.wanted else None],
        }
        if self.aim is not None:
            apart = np.abs(np.array(self.aim) - here)
            facts["beside_aim"] = apart.sum() == 1
            cell = env.grid.get(*self.aim)
            is_door = cell is not None and cell.type == "door"
            facts["aim_open"] = is_door and cell.is_open
            facts["aim_locked"] = is_door and cell.is_locked
        for name in ("box", "ball"):
            holds = held is not None and held.type == name
            place = here if holds else self._find(name)
            facts[f"carrying_{name}"] = holds
            facts[f"{name}_pos"] = place or (-1, -1)
            facts[f"path_to_{name}"] = 0 if holds else self.walk(place)
        holds_key = held is not None and held.type == "key"
        facts["walk_to_key"] = 0 if holds_key else self.walk(self._find("key"), "ajar")
        shown = ("GoToDoorEnv", "GoToObjectEnv", "MemoryEnv", "LockedRoomEnv")
        if self.wanted is not None and kind not in shown:
            facts["wanted_pos"] = (here if has_wanted else lies) or (-1, -1)
            for feature, mode in (
                ("path_to_wanted", ""),
                ("walk_to_wanted", "open"),
                ("walk_through_all", "through"),
            ):
                facts[feature] = 0 if has_wanted else self.walk(lies, mode)
            facts["carrying_wanted"] = has_wanted
        if self.wanted is not None:
            facts["wanted_color"] = COLORS.index(self.wanted[1])
        return facts


def assert_reads(core: GridCore, n: int, record: Any, named: Named, last: int | None) -> None:
    for name, value in named.expected(last).items():
        np.testing.assert_array_equal(record[name], value, err_msg=f"{name} of env {n}")


def test_missions_are_what_a_slow_reading_finds(
    mission_layout: GridLayout,
    make_core: Callable[..., GridCore],
    make_minigrid: Callable[[GridLayout], Any],
) -> None:
    core = make_core(mission_layout, 3)
    envs, rng = [make_minigrid(mission_layout) for _ in range(3)], np.random.default_rng(5)
    core.track(MISSION_FEATURES)
    core.reset(range(3))
    names = []
    for seed, env in enumerate(envs):
        env.reset(seed=seed)
        names.append(Named(env))
    n_actions = int(envs[0].action_space.n)
    for step in range(120):
        actions = rng.choice([0, 1, 2, 2, 2, 3, 4, 5, 6], size=3) % n_actions
        core.step(actions, autoreset=True)
        view = core.task.card.state.view(core.state)
        start = core.task.card.state.view(core.start)
        for n, env in enumerate(envs):
            _, _, terminated, truncated, _ = env.step(int(actions[n]))
            if step % 3 == n or terminated:
                assert_reads(core, n, view[n], names[n], int(actions[n]))
            if terminated or truncated:
                env.reset()
                names[n] = Named(env)
                assert_reads(core, n, start[n], names[n], None)


def test_mazes_know_what_is_next() -> None:
    env = gym.make("AlignEnv-ObstructedMaze-1Dlhb-v0", state_info=True)
    _, info = env.reset(seed=3)
    state = info["state"]
    assert state["doors_left"] == 1
    assert state["next_door_locked"]
    assert state["its_key_in_box"]
    assert state["blocker_pos"] == [state["next_door_pos"][0] - 1, state["next_door_pos"][1]]
    assert state["path_to_blocker"] == state["path_to_next_door"] - 1
    assert state["path_to_target"] > state["path_to_next_door"]
    assert not state["carrying_its_key"]


@pytest.mark.parametrize(
    ("task_id", "things"),
    [
        ("AlignEnv-KeyCorridorS3R2-v0", [("ball_pos", "ball"), ("door_pos", "door")]),
        ("AlignEnv-RedBlueDoors-6x6-v0", [("red_pos", "door"), ("blue_pos", "door")]),
        ("AlignEnv-GoToDoor-8x8-v0", [("target_pos", "door")]),
        ("AlignEnv-PutNear-6x6-N2-v0", [("object_pos", ""), ("target_pos", "")]),
    ],
)
def test_the_symbolic_observation_points_to_what_is_named(
    task_id: str, things: list[tuple[str, str]]
) -> None:
    env = gym.make(task_id, obs="symbolic", state_info=True)
    for seed in range(5):
        seen, info = env.reset(seed=seed)
        state = info["state"]
        facing = np.array([(1, 0), (0, 1), (-1, 0), (0, -1)][int(state["agent_dir"])])
        for index, (field, kind) in enumerate(things):
            slot = seen[SYMBOLIC_SIZE + 19 * index :][:19]
            apart = np.array(state[field]) - state["agent_pos"]
            right = np.array([-facing[1], facing[0]])
            assert slot[0] == 1
            np.testing.assert_allclose(slot[1:3] * 8, [apart @ facing, apart @ right])
            assert slot[6:10].sum() == 1
            if kind:
                assert slot[6:10].tolist() == [kind == "key", kind == "ball", False, kind == "door"]
