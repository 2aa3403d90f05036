"""Generated worlds: what is in them, contexts, memory, pictures, copies."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import alignenv  # noqa: F401 - registers the environments
from alignenv.envs.craft.cells import ANIMAL, LAVA, N_KINDS, TREE, UNSEEN, WATER
from alignenv.envs.craft.core import CraftCore
from alignenv.envs.craft.layout import SIZE
from alignenv.envs.craft.oracle import steps_to
from alignenv.envs.craft.rows import CRAFT_ROWS
from alignenv.envs.craft.symbolic import SYMBOLIC_SIZE
from alignenv.envs.craft.world import distance
from alignenv.errors import ConfigError, UnknownName

Build = Callable[..., CraftCore]
NAMES = [row.name for row in CRAFT_ROWS]
FAR = 1 << 20


def counts(core: CraftCore, kind: int) -> list[int]:
    return (core.world.cells == kind).sum(axis=1).tolist()


def test_worlds_hold_what_the_layout_says(build_core: Build) -> None:
    core = build_core("CraftAnimal-v0", 50)
    core.reset(range(50))
    assert counts(core, TREE) == [8] * 50
    assert counts(core, ANIMAL) == [2] * 50
    assert min(counts(core, WATER)) > 0
    agents: Any = core.world.agents
    for n in range(50):
        home = int(agents[n]["position"])
        away = [distance(int(a["place"]), home) for a in core.world.animals[n][:2]]  # type: ignore[index]
        assert min(away) >= 10


def test_seeds_are_worlds(build_core: Build) -> None:
    core = build_core("CraftDiamond-v0", 200)
    core.reset([*range(199), 0])
    keys = core.layout_keys()
    assert len(set(keys)) == 199
    assert keys[0] == keys[-1]


def test_contexts_change_the_worlds_they_are_given_to(build_core: Build) -> None:
    core = build_core("CraftTree-v0", 3)
    spec = core.task.context
    contexts = np.stack([spec.read({"trees": n, "lava_pools": 9 * (n > 5)}) for n in (1, 5, 24)])
    core.reset([0, 0, 0], contexts=contexts)
    assert counts(core, TREE) == [1, 5, 24]
    assert [count > 0 for count in counts(core, LAVA)] == [False, False, True]
    core.reset()
    assert counts(core, TREE) == [1, 5, 24]
    core.reset(mask=np.array([True, False, False]), contexts=contexts[[2, 2, 2]])
    assert counts(core, TREE) == [24, 5, 24]


@pytest.mark.parametrize("name", NAMES)
def test_default_contexts_are_the_layouts_own(name: str, build_core: Build) -> None:
    plain, given = build_core(name, 4), build_core(name, 4)
    plain.reset(range(4))
    given.reset(range(4), contexts=np.tile(given.task.context.default(), (4, 1)))
    assert plain.layout_keys() == given.layout_keys()


def test_extreme_contexts_still_give_solvable_worlds(build_core: Build) -> None:
    for name in ("CraftTree-Hard-v0", "CraftCave-v0", "CraftDiamond-v0"):
        for pick in ("low", "high"):
            core = build_core(name, 20)
            context = np.array([getattr(part, pick) for part in core.task.context])
            core.reset(range(20), contexts=np.tile(context, (20, 1)))
            assert core.task.oracle is not None
            oracle = core.task.oracle(core)
            oracle.reset(np.ones(20, dtype=np.bool_))
            solved = np.zeros(20, dtype=np.bool_)
            for _ in range(core.task.card.horizon):
                core.step(oracle.act(), autoreset=False)
                solved |= core.reward == 1
            assert solved.mean() >= 0.9, (name, pick)


@pytest.mark.parametrize("name", NAMES)
def test_the_oracle_solves_fresh_worlds(
    name: str, play: Callable[..., tuple[float, float]]
) -> None:
    assert play(name, lambda core, index, action: action, 40, "sparse") >= (0.95, 0.95)


def test_ways_are_those_of_a_plain_search(build_core: Build) -> None:
    """Two searches, written apart, agree on every way through a world that is fully known."""
    core = build_core("CraftDiamond-v0", 40)
    core.reset(range(40))
    agents: Any = core.world.agents
    compared = 0
    for tier in (0, 2):
        agents["tier"] = tier
        core.world.seen[:] = 1
        view = core.task.card.state.view(core.read_state())
        for n in range(40):
            cells, home = core.world.cells[n].tolist(), int(agents[n]["position"])
            for kind, name in ((4, "tree"), (6, "iron"), (7, "diamond")):
                targets = [place for place, code in enumerate(cells) if code == kind]
                steps = int(steps_to(cells, targets, can_dig=tier > 0)[home])
                expected = -1 if steps >= FAR else steps
                if view["front"][n] == kind:
                    expected = 0
                assert view[f"path_to_{name}"][n] == expected
                compared += expected > 0
    assert compared > 100


def test_what_was_not_seen_is_not_known(build_core: Build) -> None:
    core = build_core("CraftTree-Hard-v0", 50)
    core.reset(range(50))
    view = core.task.card.state.view(core.read_state())
    assert (view["path_to_tree"] == -1).all()
    assert (view["explored"] <= 81).all()
    core.world.seen[:] = 1
    view = core.task.card.state.view(core.read_state())
    assert (view["path_to_tree"] > 0).all()


def test_images_show_the_cells_in_sight(build_core: Build) -> None:
    core = build_core("CraftCave-v0", 6, obs="image")
    core.reset(range(6))
    assert isinstance(core.observations, dict)
    image = core.observations["image"]
    assert (image[:, 0] == UNSEEN).all()
    assert (image[:, 1:8, 1:8] != UNSEEN).all()
    assert image.max() < N_KINDS
    assert (core.observations["status"][:, 6] == 3).all()


def test_copies_go_on_alike(build_core: Build) -> None:
    core = build_core("CraftAnimal-v0", 4, horizon=60)
    core.reset(range(4))
    stream = np.random.default_rng(0)
    for _ in range(20):
        core.step(stream.integers(11, size=4), autoreset=True)
    twins = [core, deepcopy(core), pickle.loads(pickle.dumps(core))]
    for _ in range(120):
        actions = stream.integers(11, size=4)
        for twin in twins:
            twin.step(actions, autoreset=True)
        for twin in twins[1:]:
            np.testing.assert_array_equal(twin.observations, core.observations)
            np.testing.assert_array_equal(twin.state, core.state)
            np.testing.assert_array_equal(twin.reward, core.reward)


def test_misuse_is_refused(build_core: Build) -> None:
    with pytest.raises(UnknownName, match="symbolic"):
        build_core("CraftTree-v0", 1, obs="symbolik")
    with pytest.raises(ConfigError, match="at least 1"):
        build_core("CraftTree-v0", 0)
    core = build_core("CraftTree-v0", 2)
    with pytest.raises(ConfigError, match="negative"):
        core.reset([0, -1])
    core.reset([0, 1])
    with pytest.raises(ConfigError, match="Action 11"):
        core.step(np.array([0, 11]), autoreset=True)
    with pytest.raises(ConfigError, match="whole numbers"):
        core.step(np.array([0.0, 1.0]), autoreset=True)
    with pytest.raises(UnknownName, match="path_to_tree"):
        core.track(["path_to_trees"])


def test_pictures_show_what_was_seen_brighter(build_core: Build) -> None:
    core = build_core("CraftDiamond-v0", 1)
    core.reset([0])
    dim = core.render()
    core.world.seen[:] = 1
    bright = core.render()
    assert dim.shape == bright.shape == (33 * 12, SIZE * 12, 3)
    assert dim.dtype == np.uint8
    assert bright.mean() > 1.5 * dim.mean()


def test_gymnasium_makes_them() -> None:
    env = gym.make("AlignEnv-CraftStone-v0", reward="human")
    observation, _ = env.reset(seed=0, options={"context": {"trees": 20}})
    assert observation.shape == (SYMBOLIC_SIZE,)
    *_, terminated, truncated, _ = env.step(4)
    assert not terminated
    assert not truncated
    env.close()
