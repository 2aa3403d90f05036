"""MiniGrid as the oracle: layouts to compare on, and a player that gets somewhere on them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import gymnasium as gym
import minigrid
import numpy as np
import pytest

from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.features import GRID_FEATURES, MISSION_FEATURES, grid_field
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.layouts.table import find_generator
from alignenv.envs.grid.rules import NO_RULE
from alignenv.envs.suite import SUITE
from alignenv.spec import StateSpec
from alignenv.task import ActionSpec, Task, TaskCard

gym.register_envs(minigrid)

Position = tuple[int, int]
LEFT, RIGHT, FORWARD, PICK_UP, DROP, TOGGLE, DONE = range(7)
STEPS = [(1, 0), (0, 1), (-1, 0), (0, -1)]


LAYOUTS: list[GridLayout] = [row.world for row in SUITE if isinstance(row.world, GridLayout)]


ONE_PER_KIND = list({layout.kind: layout for layout in reversed(LAYOUTS)}.values())
MISSIONS = [layout for layout in ONE_PER_KIND if find_generator(layout).rule != NO_RULE]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    choices = {"layout": LAYOUTS, "kind_layout": ONE_PER_KIND, "mission_layout": MISSIONS}
    for fixture, layouts in choices.items():
        if fixture in metafunc.fixturenames:
            names = [layout.minigrid_id.removeprefix("MiniGrid-") for layout in layouts]
            metafunc.parametrize(fixture, layouts, ids=names)


def build_core(layout: GridLayout, n_envs: int, obs: str = "image", **options: Any) -> GridCore:
    """A core whose records show every feature under its own name."""
    has_mission = find_generator(layout).rule != NO_RULE
    known = GRID_FEATURES | (MISSION_FEATURES if has_mission else {})
    spec = StateSpec(tuple(grid_field(layout, feature) for feature in known))
    card = TaskCard(
        id=layout.minigrid_id,
        goal="",
        observes="",
        action=ActionSpec(n=7),
        termination="",
        horizon=layout.max_steps,
        state=spec,
    )
    judge = lambda state, truth: state["agent_dir"] < 0  # noqa: E731
    task = Task(card=card, success=judge, milestones=judge)
    return GridCore(task, layout, n_envs, obs=obs, **options)


@pytest.fixture
def make_core() -> Callable[..., GridCore]:
    return build_core


@pytest.fixture
def make_minigrid() -> Callable[[GridLayout], Any]:
    return lambda layout: gym.make(layout.minigrid_id, disable_env_checker=True).unwrapped


class Player:
    """Plays MiniGrid well enough to end episodes in every way, and badly enough to see the rest.

    It walks towards the key, the locked door or the goal, handles what is in front, and takes a
    random action now and then; `skill` is how often it does not.
    """

    def __init__(self, env: Any, skill: float, rng: np.random.Generator) -> None:
        self.env, self.skill, self.rng = env, skill, rng
        self.steps_to: Mapping[Position, int] = {}
        self.is_stale = True

    def act(self) -> int:
        action = int(self.rng.integers(self.env.action_space.n))
        if self.rng.random() < self.skill:
            action = self._skilled()
        if action in (PICK_UP, DROP, TOGGLE):
            self.is_stale = True
        return action

    def forget(self) -> None:
        """A new episode began."""
        self.is_stale = True

    def _skilled(self) -> int:
        env = self.env
        front = env.grid.get(*env.front_pos)
        locked = [d for d in env.grid.grid if d is not None and d.type == "door" and d.is_locked]
        if front is not None and front.type == "key" and env.carrying is None and locked:
            return PICK_UP
        if front is not None and front.type == "door" and not front.is_open:
            return TOGGLE
        if self.is_stale:
            self.steps_to, self.is_stale = self._search(bool(locked)), False
        x, y = (int(v) for v in env.agent_pos)
        here = self.steps_to.get((x, y), 10**6)
        for direction, (dx, dy) in enumerate(STEPS):
            if self.steps_to.get((x + dx, y + dy), 10**6) < here:
                return self._turn_to(direction)
        return int(self.rng.integers(3))

    def _turn_to(self, direction: int) -> int:
        turn = (direction - int(self.env.agent_dir)) % 4
        return FORWARD if turn == 0 else LEFT if turn == 3 else RIGHT

    def _search(self, has_locked: bool) -> Mapping[Position, int]:
        """Steps from everywhere to what comes next."""
        grid = self.env.grid
        target = "goal"
        if has_locked:
            target = "door" if self.env.carrying is not None else "key"
        elif (None, "goal") not in grid:
            target = "door"
        found = [i for i, cell in enumerate(grid.grid) if cell is not None and cell.type == target]
        start = (found[0] % grid.width, found[0] // grid.width) if found else (0, 0)
        steps, queue = {start: 0}, deque([start])
        while queue:
            x, y = queue.popleft()
            for dx, dy in STEPS:
                there = (x + dx, y + dy)
                if there in steps or not 0 <= there[0] < grid.width:
                    continue
                if not 0 <= there[1] < grid.height:
                    continue
                cell = grid.get(*there)
                if cell is None or cell.type == "door":
                    steps[there] = steps[x, y] + 1
                    queue.append(there)
        return steps


@pytest.fixture
def make_player() -> type[Player]:
    return Player
