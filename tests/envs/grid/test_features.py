"""Features against a slow reading of MiniGrid's own objects."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.features import GRID_FEATURES, grid_field
from alignenv.envs.grid.layout import GridLayout
from alignenv.errors import ConfigError, UnknownName

Position = tuple[int, int]
FORWARD = 2
NEIGHBOURS = [(1, 0), (0, 1), (-1, 0), (0, -1)]


class Reading:
    """What the features of one MiniGrid state are, by definition rather than by speed."""

    def __init__(self, env: Any, start: Position, bumped: bool) -> None:
        self.env, self.start, self.bumped = env, start, bumped
        self.here: Position = tuple(int(v) for v in env.agent_pos)

    def find(self, kind: str) -> list[Position]:
        """Places of all objects of a kind, row by row."""
        grid = self.env.grid
        return [
            (x, y)
            for y in range(grid.height)
            for x in range(grid.width)
            if (cell := grid.get(x, y)) is not None and cell.type == kind
        ]

    def around(self, place: Position) -> Iterator[tuple[Position, Any]]:
        grid = self.env.grid
        for dx, dy in NEIGHBOURS:
            x, y = place[0] + dx, place[1] + dy
            if 0 <= x < grid.width and 0 <= y < grid.height:
                yield (x, y), grid.get(x, y)

    def steps_from(
        self, source: Position, target: Position | None = None, through_doors: bool = False
    ) -> dict[Position, int]:
        """Fewest steps forward; the target may be anything, what ends the episode is in the way."""
        steps, queue = {source: 0}, deque([source])
        while queue:
            place = queue.popleft()
            for there, cell in self.around(place):
                is_free = cell is None or (cell.type == "door" and (cell.is_open or through_doors))
                if there not in steps and (is_free or there == target):
                    steps[there] = steps[place] + 1
                    if is_free:
                        queue.append(there)
        return steps

    def walk(self, target: Position, through_doors: bool = False) -> int:
        """Fewest steps forward from the agent, -1 for none."""
        return self.steps_from(self.here, target, through_doors).get(target, -1)

    def gates(self, goal: Position) -> set[Position | None]:
        """First closed door on every shortest walk to the goal."""
        steps = self.steps_from(goal, self.here, through_doors=True)
        found: set[Position | None] = set()
        pending, seen = [self.here], set()
        while pending:
            place = pending.pop()
            cell = self.env.grid.get(*place)
            if cell is not None and cell.type == "door" and not cell.is_open:
                found.add(place)
            elif place == goal or place not in steps:
                found.add(None)
            elif place not in seen:
                seen.add(place)
                nearer = [there for there, _ in self.around(place) if there in steps]
                pending += [there for there in nearer if steps[there] == steps[place] - 1]
        return found

    def room(self) -> int:
        """Fewest doors passed since the start, counting the one the agent stands in."""
        doors, queue = {self.start: 0}, deque([self.start])
        while queue:
            place = queue.popleft()
            for there, cell in self.around(place):
                is_door = cell is not None and cell.type == "door"
                cost = doors[place] + is_door
                if (cell is None or cell.type != "wall") and cost < doors.get(there, 10**6):
                    doors[there] = cost
                    queue.append(there)
        return doors[self.here]

    def simple(self) -> dict[str, Any]:
        """Every feature but those about the next door."""
        env = self.env
        front, under = env.grid.get(*env.front_pos), env.grid.get(*self.here)
        holds_key = env.carrying is not None and env.carrying.type == "key"
        keys, doors, goals = (self.find(kind) for kind in ("key", "door", "goal"))
        key = self.here if holds_key else keys[0] if keys else None
        door, goal = doors[0] if doors else None, goals[0] if goals else None
        first = env.grid.get(*door) if door else None
        is_at = lambda place: place if place is not None else (-1, -1)  # noqa: E731
        steps = lambda place: -1 if place is None else self.walk(place)  # noqa: E731
        return {
            "agent_pos": self.here,
            "agent_dir": env.agent_dir,
            "carrying_key": holds_key,
            "key_pos": is_at(key),
            "door_pos": is_at(door),
            "door_open": first is not None and first.is_open,
            "door_locked": first is not None and first.is_locked,
            "goal_pos": is_at(goal),
            "path_to_key": 0 if holds_key else steps(key),
            "path_to_door": steps(door),
            "path_to_goal": steps(goal),
            "path_through_doors": -1 if goal is None else self.walk(goal, True),
            "bumped": self.bumped,
            "n_rooms": len(doors) + 1,
            "room_index": self.room(),
            "doors_open": sum(env.grid.get(*place).is_open for place in doors),
            "facing_door": front is not None and front.type == "door" and not front.is_open,
            "lava_ahead": front is not None and front.type == "lava",
            "dead": under is not None and under.type == "lava",
            "view": env.gen_obs()["image"][:, :, 0].T,
        }

    def assert_describes(self, record: np.void) -> None:
        """The record is this state's."""
        expected = self.simple()
        assert set(GRID_FEATURES) == {*expected, "next_door_pos", "path_to_next_door"}
        for name, value in expected.items():
            np.testing.assert_array_equal(record[name], value, err_msg=name)
        door = tuple(record["next_door_pos"].astype(int).tolist())
        goals = self.find("goal")
        gates = self.gates(goals[0]) if goals else {None}
        assert (None if door == (-1, -1) else door) in gates
        steps = -1 if door == (-1, -1) else self.walk(door)
        assert record["path_to_next_door"] == steps


def position(env: Any) -> Position:
    return int(env.agent_pos[0]), int(env.agent_pos[1])


def test_records_are_what_a_slow_reading_finds(
    kind_layout: GridLayout,
    make_core: Callable[..., GridCore],
    make_minigrid: Callable[[GridLayout], Any],
    make_player: Callable[..., Any],
) -> None:
    skills = (0.3, 0.6, 0.9)
    core, rng = make_core(kind_layout, len(skills)), np.random.default_rng(3)
    envs = [make_minigrid(kind_layout) for _ in skills]
    players = [make_player(env, skill, rng) for env, skill in zip(envs, skills, strict=True)]
    core.track(GRID_FEATURES)
    core.reset(range(len(skills)))
    for seed, env in enumerate(envs):
        env.reset(seed=seed)
    starts = [position(env) for env in envs]
    for step in range(120):
        actions = np.array([player.act() for player in players])
        core.step(actions, autoreset=True)
        after = core.task.card.state.view(core.state)
        before_next = core.task.card.state.view(core.start)
        for n, env in enumerate(envs):
            here = position(env)
            _, _, terminated, truncated, _ = env.step(int(actions[n]))
            bumped = actions[n] == FORWARD and position(env) == here
            if step % 3 == n:
                Reading(env, starts[n], bumped).assert_describes(after[n])
            if terminated or truncated:
                env.reset()
                players[n].forget()
                starts[n], bumped = position(env), False
                Reading(env, starts[n], bumped).assert_describes(before_next[n])
            else:
                assert after[n] == before_next[n]


def test_read_state_is_the_tracked_state(
    kind_layout: GridLayout, make_core: Callable[..., GridCore]
) -> None:
    core, rng = make_core(kind_layout, 16), np.random.default_rng(0)
    core.track([field.name for field in core.task.card.state])
    core.reset(range(16))
    np.testing.assert_array_equal(core.state, core.start)
    for _ in range(40):
        core.step(rng.integers(core.action_space.n, size=16), autoreset=True)
        np.testing.assert_array_equal(core.read_state(), core.start)


def test_tracking_some_fields_leaves_the_others_alone(make_core: Callable[..., GridCore]) -> None:
    layout = GridLayout(
        kind="doorkey", width=5, height=5, max_steps=250, minigrid_id="MiniGrid-DoorKey-5x5-v0"
    )
    core = make_core(layout, 2)
    core.track(["path_to_key"])
    core.reset([0, 1])
    columns = core.state.any(axis=0).nonzero()[0]
    assert columns.tolist() == [core.task.card.state.offsets["path_to_key"]]
    core.track(None)
    before = core.state.copy()
    core.step(np.array([2, 2]), autoreset=True)
    np.testing.assert_array_equal(core.state, before)
    with pytest.raises(UnknownName, match="no state field named 'path_to_kee'"):
        core.track(["path_to_kee"])


def test_a_field_may_show_a_feature_of_another_name(make_core: Callable[..., GridCore]) -> None:
    layout = GridLayout(
        kind="multiroom",
        width=25,
        height=25,
        max_steps=40,
        minigrid_id="MiniGrid-MultiRoom-N2-S4-v0",
        params={"rooms": 2, "max_size": 4},
    )
    plain = make_core(layout, 4)
    renamed = make_core(layout, 4, features={"path_to_goal": "path_through_doors"})
    for core in (plain, renamed):
        core.reset(range(4))
    spec = plain.task.card.state
    expected = spec.view(plain.read_state())["path_through_doors"]
    np.testing.assert_array_equal(spec.view(renamed.read_state())["path_to_goal"], expected)
    assert (expected > 0).all()
    with pytest.raises(ConfigError, match="Field 'agent_pos' is a vec2, but 'view' is a grid7x7"):
        make_core(layout, 1, features={"agent_pos": "view"})
    with pytest.raises(UnknownName, match="no grid feature named 'speed'"):
        make_core(layout, 1, features={"agent_pos": "speed"})


def test_fields_have_the_ranges_of_their_layout(layout: GridLayout) -> None:
    field = grid_field(layout, "path_to_goal", name="way", meaning="to the goal")
    assert (field.name, field.meaning, field.low) == ("way", "to the goal", -1)
    assert field.high == layout.width * layout.height
    assert grid_field(layout, "agent_pos").high == max(layout.width, layout.height) - 1
    with pytest.raises(UnknownName, match="no grid feature named 'path'"):
        grid_field(layout, "path")


def test_records_stay_in_their_declared_ranges(
    kind_layout: GridLayout, make_core: Callable[..., GridCore]
) -> None:
    core, rng = make_core(kind_layout, 64), np.random.default_rng(1)
    core.track([field.name for field in core.task.card.state])
    core.reset(range(64))
    for _ in range(60):
        core.step(rng.integers(core.action_space.n, size=64), autoreset=True)
        view = core.task.card.state.view(core.state)
        for field in core.task.card.state:
            assert view[field.name].min() >= field.low, field.name
            assert view[field.name].max() <= field.high, field.name
