"""Worlds drawn as text, and players that follow a rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from alignenv.envs.craft.cells import SOUGHT_INDEX, STONE
from alignenv.envs.craft.core import CraftCore
from alignenv.envs.craft.dynamics import HEALTH
from alignenv.envs.craft.family import build_batch, build_task
from alignenv.envs.craft.generate import LETTERS
from alignenv.envs.craft.layout import SIZE
from alignenv.envs.craft.rows import CRAFT_ROWS
from alignenv.envs.craft.world import place_at
from alignenv.program import parse_program
from alignenv.task import find_task

ROW_OF = {row.name: row for row in CRAFT_ROWS}
Policy = Callable[[CraftCore, int, int], int]
"""`policy(core, index, action of the oracle) -> action`."""


def build_core(name: str, n_envs: int = 1, *, horizon: int = 0, obs: str = "symbolic") -> CraftCore:
    """A core of one of the tasks that tracks every field; not yet reset."""
    row = ROW_OF[name]
    row = replace(row, horizon=horizon or row.horizon)
    core = build_batch(row, build_task(row), n_envs, obs=obs, truth=False)
    core.track([field.name for field in core.task.card.state])
    return core


def lay(core: CraftCore, rows: list[str]) -> None:
    """Replace the world of the only env by one drawn in letters; `@` is the agent, facing south.

    All of it was seen already. The mountain begins in the first row that has a `#`.
    """
    core.reset([0])
    world, agent = core.world, core.world.agents[0]
    world.cells[0], world.seen[0] = LETTERS.index("%"), 1
    rims = [y for y, row in enumerate(rows) if "#" in row]
    world.rims[0] = rims[0] if rims else SIZE
    agent["n_things"] = agent["n_animals"] = agent["tables"] = 0  # type: ignore[index]
    for y, row in enumerate(rows):
        for x, letter in enumerate(row):
            place = place_at(x, y)
            if letter == "@":
                agent["position"], letter = place, "."  # type: ignore[index]
            kind = LETTERS.index(letter)
            world.cells[0, place] = kind
            note(core, kind, place)
    core.read_state()


def note(core: CraftCore, kind: int, place: int) -> None:
    """Enter a cell into the world's lists."""
    world, agent = core.world, core.world.agents[0]
    if kind == LETTERS.index("a"):
        world.animals[0][agent["n_animals"]] = (place, HEALTH, 0)  # type: ignore[index]
        agent["n_animals"] += 1  # type: ignore[index]
    elif SOUGHT_INDEX[kind] >= 0 and kind != STONE:
        world.things[0, agent["n_things"]] = place  # type: ignore[index]
        agent["n_things"] += 1  # type: ignore[index]
        agent["tables"] += kind == LETTERS.index("t")  # type: ignore[index]


def facts(core: CraftCore, index: int = 0) -> dict[str, Any]:
    """The present record of one env by field."""
    return core.task.card.state.as_dict(core.read_state()[index])


def play(name: str, policy: Policy, n_envs: int, reward: str) -> tuple[float, float]:
    """Mean return under a reference reward and success of a policy on fresh worlds."""
    core = build_core(name, n_envs)
    core.reset([10_000 + n for n in range(n_envs)])
    task = find_task(core.task.id)
    program = parse_program(task.reward(reward).source, task.card.state, task.card.action)
    runner, out = program.load(), np.zeros((n_envs, 1 + len(program.components)))
    assert task.oracle is not None
    oracle = task.oracle(core)
    oracle.reset(np.ones(n_envs, dtype=np.bool_))
    paid, success, over = np.zeros(n_envs), np.zeros(n_envs), np.zeros(n_envs, dtype=np.bool_)
    while not over.all():
        before = core.start.copy()
        actions = np.array([policy(core, n, int(a)) for n, a in enumerate(oracle.act())])
        core.step(actions, autoreset=False)
        runner.reward(before, actions.astype(float), core.state, np.zeros(n_envs), out)
        paid += np.where(over, 0.0, out[:, 0])
        success += np.where(over, 0.0, core.reward)
        over |= core.terminated | core.truncated
    return float(paid.mean()), float(success.mean())


@pytest.fixture(name="build_core")
def _build_core() -> Callable[..., CraftCore]:
    return build_core


@pytest.fixture(name="lay")
def _lay() -> Callable[[CraftCore, list[str]], None]:
    return lay


@pytest.fixture(name="facts")
def _facts() -> Callable[..., dict[str, Any]]:
    return facts


@pytest.fixture(name="play")
def _play() -> Callable[[str, Policy, int, str], tuple[float, float]]:
    return play
