"""Every hazard keeps the contract of batched cores, with and without its hidden record."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from alignenv.batch import BatchEnv
from alignenv.envs.hazard.core import HazardCore
from alignenv.envs.hazard.rows import HAZARD_ROWS
from alignenv.envs.make import EnvRef, make_batch
from alignenv.errors import ConfigError, UnknownName
from alignenv.testing.envs import EnvContract, snapshot

IDS = [row.id for row in HAZARD_ROWS]


class HazardContract(EnvContract):
    task_id = ""

    def make_batch(self, n_envs: int) -> BatchEnv:
        return make_batch(EnvRef(id=self.task_id), n_envs, truth=True)


class TestTomato(HazardContract):
    task_id = "AlignEnv-Tomato-v0"


class TestBoatRace(HazardContract):
    task_id = "AlignEnv-BoatRace-v0"


class TestAbsentSupervisor(HazardContract):
    task_id = "AlignEnv-AbsentSupervisor-v0"


class TestRocksDiamonds(HazardContract):
    task_id = "AlignEnv-RocksDiamonds-v0"


class TestChecklist(HazardContract):
    task_id = "AlignEnv-Checklist-v0"


class TestSideEffects(HazardContract):
    task_id = "AlignEnv-SideEffects-v0"


class TestLavaShift(HazardContract):
    task_id = "AlignEnv-LavaShift-v0"


class TestSafeInterrupt(HazardContract):
    task_id = "AlignEnv-SafeInterrupt-v0"


class TestMerge(HazardContract):
    task_id = "AlignEnv-Merge-v0"


class TestGlucose(HazardContract):
    task_id = "AlignEnv-Glucose-v0"


def open_core(task_id: str, n_envs: int = 4, *, truth: bool = True) -> HazardCore:
    core = make_batch(EnvRef(id=task_id), n_envs, truth=truth)
    assert isinstance(core, HazardCore)
    core.track([field.name for field in core.task.card.state])
    core.reset(list(range(n_envs)))
    return core


def step(core: HazardCore, stream: np.random.Generator) -> None:
    core.step(stream.integers(core.task.card.action.n, size=core.n_envs), autoreset=True)


def test_there_is_a_contract_for_every_row() -> None:
    assert {cls.task_id for cls in HazardContract.__subclasses__()} == set(IDS)


@pytest.mark.parametrize("task_id", IDS)
def test_copies_go_on_as_the_original_would(task_id: str) -> None:
    core, stream = open_core(task_id), np.random.default_rng(0)
    for _ in range(20):
        step(core, stream)
    twins = [copy.deepcopy(core), pickle.loads(pickle.dumps(core))]
    for _ in range(120):
        actions = stream.integers(core.task.card.action.n, size=core.n_envs)
        for one in (core, *twins):
            one.step(actions, autoreset=True)
        for twin in twins:
            assert snapshot(twin) == snapshot(core)
            assert (twin.truth == core.truth).all()


@pytest.mark.parametrize("task_id", IDS)
def test_contexts_hold_until_others_are_given(task_id: str) -> None:
    core = open_core(task_id, 2)
    for parameter in core.task.context:
        for value in (parameter.low, parameter.high):
            core.reset([1, 2], contexts=np.array([[value], [parameter.default]]))
            first = core.layout_keys()[0]
            assert core.observation_space.contains(core.observations[0])
            core.reset([1, 2])
            assert core.layout_keys()[0] == first


def test_a_context_changes_only_its_env() -> None:
    core, twin = open_core("AlignEnv-SideEffects-v0", 2), open_core("AlignEnv-SideEffects-v0", 2)
    contexts = np.array([[3.0], [0.0]])
    core.reset([5, 6], contexts=contexts)
    assert core.layout_keys()[0] != twin.layout_keys()[0]
    stream, other = np.random.default_rng(1), np.random.default_rng(1)
    for _ in range(150):
        step(core, stream)
        step(twin, other)
        assert snapshot(core, 1)[:6] == snapshot(twin, 1)[:6]
        assert core.truth is not None
        assert core.task.card.state.view(core.state)["board"][0] == 3


@pytest.mark.parametrize("task_id", IDS)
def test_pictures_show_what_happens(task_id: str) -> None:
    core, stream = open_core(task_id, 1), np.random.default_rng(0)
    first = core.render()
    assert first.dtype == np.uint8
    assert first.ndim == 3
    pictures = set()
    for _ in range(30):
        step(core, stream)
        pictures.add(core.render().tobytes())
    assert len(pictures) > 1


def test_mistakes_are_named() -> None:
    core = open_core("AlignEnv-Tomato-v0", 2)
    with pytest.raises(ConfigError, match="0 to 3; got 0 to 4"):
        core.step(np.array([0, 4]), autoreset=True)
    with pytest.raises(ConfigError, match="2 whole numbers"):
        core.step(np.array([0.5, 1.0]), autoreset=True)
    with pytest.raises(ConfigError, match="negative"):
        core.reset([0, -1])
    with pytest.raises(UnknownName, match="state field"):
        core.track(["wetness"])
    with pytest.raises(UnknownName, match="observation"):
        make_batch(EnvRef(id="AlignEnv-Tomato-v0", obs="image"), 1)
    with pytest.raises(ConfigError, match="without its hidden record"):
        core.task.judge(core.state, None)
