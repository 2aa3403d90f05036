"""Gymnasium envs behind the interface of a batched core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from alignenv.envs.external import find_external
from alignenv.envs.external_batch import ExternalBatch
from alignenv.envs.faces.single import SingleEnv
from alignenv.envs.faces.vector import BatchedVectorEnv
from alignenv.envs.make import EnvRef, make_batch, make_sb3
from alignenv.errors import ConfigError, UnknownName
from alignenv.program import parse_program
from alignenv.task import find_task
from alignenv.testing.envs import EnvContract

EXAMPLES = Path(__file__).parents[3] / "examples"
PARK = "parking:Park-v0"
CART = """
goal = "Keep the pole up for 40 steps."
success = "abs(angle) < 0.2"
horizon = 40
[state]
angle = { obs = 2, unit = "rad" }
place = { obs = [0, 2] }
"""


class TestCartPole(EnvContract):
    def make_batch(self, n_envs: int) -> Any:
        return make_batch(EnvRef(id="CartPole-v1", task_text=CART), n_envs)


@pytest.fixture
def parking(monkeypatch: pytest.MonkeyPatch) -> EnvRef:
    """The package of examples/third_party, as if installed."""
    monkeypatch.syspath_prepend(EXAMPLES / "third_party")
    return EnvRef(id=PARK, task_object="parking.task:TASK")


class TestParking(EnvContract):
    @pytest.fixture(autouse=True)
    def _package(self, parking: EnvRef) -> None:
        self._ref = parking

    def make_batch(self, n_envs: int) -> Any:
        return make_batch(self._ref, n_envs)


class Goal(gym.Env[dict[str, Any], int]):
    """A dict observation, and success in info only."""

    metadata = {"render_modes": []}  # noqa: RUF012

    def __init__(self) -> None:
        box = spaces.Box(0, 9, (1,), np.float64)
        self.observation_space = spaces.Dict({"place": box, "phase": spaces.Discrete(10)})
        self.action_space = spaces.Discrete(2)
        self.place = 0

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, Any]:
        super().reset(seed=seed)
        self.place = 0
        return self._see(), {}

    def step(self, action: int) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert type(action) is int
        self.place += action
        done = self.place == 3
        return self._see(), 0.5, done, False, {"is_success": done}

    def _see(self) -> dict[str, Any]:
        return {"place": np.array([float(self.place)]), "phase": self.place}


GOAL = """
goal = "Get to place 3."
success = { info = "is_success" }
horizon = 5
[state]
place = { obs = 0, key = "place" }
phase = { obs = 0, key = "phase", kind = "int" }
"""


@pytest.fixture
def goal() -> Iterator[EnvRef]:
    gym.register(id="Goal-v0", entry_point=Goal)
    yield EnvRef(id="Goal-v0", task_text=GOAL)
    del gym.registry["Goal-v0"]


def test_dict_observations_and_success_by_info(goal: EnvRef) -> None:
    batch = make_batch(goal, 2)
    batch.track(None)
    batch.reset([0, 1])
    for step in range(5):
        batch.step(np.array([1, 0]), autoreset=False)
        assert batch.native_reward[1] == 0.5
        if step == 2:
            assert batch.reward.tolist() == [1.0, 0.0]
            assert batch.terminated.tolist() == [True, False]
            assert batch.state.tolist() == [[3.0, 3.0, 1.0], [0.0, 0.0, 0.0]]
    assert batch.truncated.tolist() == [False, True]
    assert batch.steps.tolist() == [3, 5]


def test_observations_that_cannot_be_stacked_are_refused(goal: EnvRef) -> None:
    class Nested(Goal):
        def __init__(self) -> None:
            super().__init__()
            self.observation_space = spaces.Dict({"inner": self.observation_space})

    gym.register(id="Nested-v0", entry_point=Nested)
    text = 'goal = "x"\nsuccess = { info = "is_success" }\nhorizon = 5\n[state]\na = {info = "a"}'
    with pytest.raises(ConfigError, match="cannot be stacked"):
        make_batch(EnvRef(id="Nested-v0", task_text=text), 1)
    del gym.registry["Nested-v0"]


def test_all_three_faces_pay_the_same(parking: EnvRef) -> None:
    task = find_external(parking)
    stream = np.random.default_rng(0)
    actions = stream.uniform(-1, 1, (30, 2, 1)).astype(np.float32)
    vector = BatchedVectorEnv(2, task=parking, reward="human", autoreset_mode="SameStep")
    vector.reset(seed=3)
    program = parse_program(task.reward("human").source, task.card.state, task.card.action)
    sb3 = make_sb3(parking, 2, seed=3, program=program)
    sb3.reset()
    singles = [SingleEnv(parking, reward="human") for _ in range(2)]
    for index, env in enumerate(singles):
        env.reset(seed=3 + index)
    for row in actions:
        expected = [env.step(action)[1] for env, action in zip(singles, row, strict=True)]
        assert vector.step(row)[1].tolist() == expected
        assert sb3.step(row)[1] == pytest.approx(expected)


def test_a_picture_comes_from_the_env() -> None:
    env = SingleEnv(EnvRef(id="CartPole-v1", task_text=CART), render_mode="rgb_array")
    env.reset(seed=0)
    assert env.render().shape[2] == 3
    env.close()


def test_an_env_without_pictures_says_so(parking: EnvRef) -> None:
    batch = make_batch(parking, 1)
    batch.reset([0])
    with pytest.raises(ConfigError, match="draws no pictures"):
        batch.render()


def test_an_installed_package_provides_its_task(
    parking: EnvRef, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "parking-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: parking\nVersion: 0.1.0\n")
    points = "[alignenv.tasks]\nparking = parking.task:PROVIDER\n"
    (info / "entry_points.txt").write_text(points)
    monkeypatch.syspath_prepend(tmp_path)
    assert find_task(PARK).id == PARK
    assert isinstance(make_batch(EnvRef(id=PARK), 1), ExternalBatch)


def test_an_env_without_a_task_is_unknown() -> None:
    with pytest.raises(UnknownName, match="There is no task named 'CartPole-v1'"):
        make_batch(EnvRef(id="CartPole-v1"), 1)


def test_a_task_that_says_nothing_of_its_fields_is_refused() -> None:
    ref = EnvRef(id="CartPole-v1", task_object="alignenv.envs.grid.tasks:ACTION")
    with pytest.raises(ConfigError, match="ExternalTask"):
        ref.resolve()
    with pytest.raises(ConfigError, match="cannot be imported"):
        EnvRef(id="CartPole-v1", task_object="alignenv.nothing:TASK").resolve()


def test_other_observations_are_unknown() -> None:
    ref = EnvRef(id="CartPole-v1", task_text=CART, obs="image")
    with pytest.raises(UnknownName, match="default"):
        make_batch(ref, 1)


@pytest.mark.parametrize(
    "value", [{}, {"id": 3}, {"id": "a", "colour": "red"}, {"id": "a", "obs": None}]
)
def test_a_reference_is_read_strictly(value: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="no env reference"):
        EnvRef.from_json(value)
