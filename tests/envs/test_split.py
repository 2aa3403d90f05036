"""Halves of the layouts: disjoint, covering, deterministic, and alike behind every face."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from alignenv.envs.faces.single import SingleEnv
from alignenv.envs.make import EnvRef, make_batch, make_sb3, open_batch
from alignenv.envs.split import SPLITS, SplitBatch, half_of, other_half
from alignenv.errors import ConfigError, UnknownName
from alignenv.testing.envs import EnvContract, snapshot

TASK = "AlignEnv-DoorKey-5x5-v0"
N_SEEDS = 400


class TestSplitGrid(EnvContract):
    def make_batch(self, n_envs: int) -> Any:
        return make_batch(EnvRef(id=TASK, split="test"), n_envs)


class TestSplitImages(EnvContract):
    """Observations in parts."""

    def make_batch(self, n_envs: int) -> Any:
        return make_batch(
            EnvRef(id="AlignEnv-LavaCrossingS9N1-v0", obs="image", split="train"), n_envs
        )


class TestSplitCorridor(EnvContract):
    @pytest.fixture(autouse=True)
    def _corridor(self, corridor: Callable[[int], Any]) -> None:
        self._build = corridor

    def make_batch(self, n_envs: int) -> Any:
        return SplitBatch(self._build(n_envs), fuller_half(self._build(1)))


def fuller_half(core: Any) -> str:
    """The half that holds the corridor's first place."""
    core.reset([0])
    return half_of(core.layout_keys()[0])


def layouts(split: str) -> set[bytes]:
    """Layouts that an env of this split begins in; autoresets included."""
    batch = make_batch(EnvRef(id=TASK, split=split), N_SEEDS)
    batch.reset(list(range(N_SEEDS)))
    found = set(batch.layout_keys())
    stream = np.random.default_rng(0)
    for _ in range(60):
        batch.step(stream.integers(7, size=N_SEEDS), autoreset=True)
        ended = batch.terminated | batch.truncated
        keys = batch.layout_keys()
        found |= {keys[index] for index in np.flatnonzero(ended)}
    return found


def test_halves_are_disjoint_and_cover_all_layouts() -> None:
    every, train, test = layouts(""), layouts("train"), layouts("test")
    assert len(every) == 48
    assert train | test == every
    assert train & test == set()
    assert min(len(train), len(test)) >= 16


def grids_and_missions(split: str, n_envs: int = 3000) -> tuple[set[bytes], set[tuple[bytes, str]]]:
    """Grids with the agent's place that this half begins in: alone, and with their missions."""
    batch = make_batch(EnvRef(id="AlignEnv-GoToDoor-5x5-v0", split=split), n_envs)
    batch.reset(list(range(n_envs)))
    core: Any = batch.inner if isinstance(batch, SplitBatch) else batch
    agents, keys = core.world.agents, batch.layout_keys()
    poses = [one.tobytes() for one in agents[["position", "direction"]]]
    grids = [cells.tobytes() + pose for cells, pose in zip(core.world.cells, poses, strict=True)]
    pairs = [(grid, core.mission(n)) for n, grid in enumerate(grids)]
    assert len(set(keys)) == len(set(pairs)) == len(set(zip(keys, pairs, strict=True)))
    return set(grids), set(pairs)


def test_what_is_asked_for_is_part_of_a_layout() -> None:
    """A grid may be in both halves, but not with the same mission."""
    (train_grids, train), (test_grids, test) = map(grids_and_missions, SPLITS)
    assert train & test == set()
    assert len(train_grids & test_grids) > 100
    grids, layouts = grids_and_missions("")
    assert len(layouts) > len(grids) + 100


def test_a_half_is_a_fact_of_the_key() -> None:
    """A published split stays what it was: the lowest bit of BLAKE2b's first byte."""
    for key in (b"", b"layout", bytes(100)):
        bit = hashlib.blake2b(key, digest_size=1).digest()[0] % 2
        assert half_of(key) == ("train", "test")[bit]
    assert [half_of(bytes([n])) for n in range(6)] == [
        "test",
        "train",
        "test",
        "train",
        "test",
        "test",
    ]


def test_layouts_of_the_right_half_are_kept_as_they_are() -> None:
    plain, split = make_batch(EnvRef(id=TASK), 64), make_batch(EnvRef(id=TASK, split="train"), 64)
    plain.reset(list(range(64)))
    split.reset(list(range(64)))
    for before, after in zip(plain.layout_keys(), split.layout_keys(), strict=True):
        assert half_of(after) == "train"
        assert (before == after) == (half_of(before) == "train")


def test_the_other_half() -> None:
    assert (other_half("train"), other_half("test"), other_half("")) == ("test", "train", "")


@pytest.mark.parametrize("split", SPLITS)
def test_every_face_begins_in_the_same_layouts(split: str) -> None:
    single = gym.make(TASK, split=split)
    vector = gym.make_vec(TASK, num_envs=3, split=split)
    trainer = make_sb3(EnvRef(id=TASK, split=split), 3, seed=5)
    together, _ = vector.reset(seed=5)
    np.testing.assert_array_equal(trainer.reset(), together)
    for index in range(3):
        observation, _ = single.reset(seed=5 + index)
        np.testing.assert_array_equal(observation, together[index])
    for face in (single.unwrapped, vector):
        assert {half_of(key) for key in face._batch.layout_keys()} == {split}


def test_training_goes_on_in_its_half() -> None:
    env = make_sb3(EnvRef(id=TASK), 32, seed=0, split="train")
    env.reset()
    stream, n_ended = np.random.default_rng(0), 0
    for _ in range(300):
        _, _, done, infos = env.step(stream.integers(7, size=32))
        keys = env._batch.layout_keys()
        for index in np.flatnonzero(done):
            n_ended += 1
            assert half_of(keys[index]) == "train"
            assert infos[index]["terminal_observation"].shape == env.observation_space.shape
    assert n_ended >= 32


def test_a_task_with_one_layout_has_an_empty_half() -> None:
    core = make_batch(EnvRef(id="AlignEnv-Empty-5x5-v0"), 1)
    core.reset([0])
    half = half_of(core.layout_keys()[0])
    gym.make("AlignEnv-Empty-5x5-v0", split=half).reset(seed=0)
    with pytest.raises(ConfigError, match=r"1000 layouts in a row.*too few layouts to split"):
        gym.make("AlignEnv-Empty-5x5-v0", split=other_half(half)).reset(seed=0)


def test_an_env_of_somebody_else_cannot_be_split() -> None:
    text = 'goal = "Balance."\nsuccess = "x > 0"\n[state]\nx = { obs = 0 }\n'
    batch = make_batch(EnvRef(id="CartPole-v1", task_text=text, split="train"), 1)
    with pytest.raises(ConfigError, match="cannot be told apart"):
        batch.reset([0])


def test_unknown_and_contradictory_splits_are_refused(corridor: Callable[[int], Any]) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'train'"):
        gym.make(TASK, split="trian")
    with pytest.raises(ConfigError, match="Leave out one of the two"):
        open_batch(EnvRef(id=TASK, split="test"), 1, split="train")
    assert open_batch(EnvRef(id=TASK, split="test"), 1).split == "test"
    env = SingleEnv(corridor(1), split=fuller_half(corridor(1)))
    assert isinstance(env._batch, SplitBatch)


def test_a_reference_with_a_split_travels_as_json() -> None:
    ref = EnvRef(id=TASK, split="test")
    assert EnvRef.from_json(ref.to_json()) == ref
    assert EnvRef.from_json({"id": TASK}) == EnvRef(id=TASK)


def test_a_copy_goes_on_alike() -> None:
    batch = make_batch(EnvRef(id=TASK, split="train"), 8)
    batch.track([field.name for field in batch.task.card.state])
    batch.reset(list(range(8)))
    stream = np.random.default_rng(0)
    batch.step(stream.integers(7, size=8), autoreset=True)
    twin = deepcopy(batch)
    for _ in range(200):
        actions = stream.integers(7, size=8)
        batch.step(actions, autoreset=True)
        twin.step(actions, autoreset=True)
        assert snapshot(batch) == snapshot(twin)
