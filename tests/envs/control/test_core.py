"""The batched MuJoCo core: streams, contexts, copies, layouts and what it refuses."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from alignenv.batch import BatchEnv
from alignenv.envs.control.physics import THREADS
from alignenv.envs.control.rows import CONTROL_ROWS
from alignenv.envs.control.tasks import find_scene
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.row import Row
from alignenv.errors import ConfigError, UnknownName
from alignenv.task import find_task

PUSH = "AlignEnv-Push-v0"
BY_ID = [pytest.param(row, id=row.name) for row in CONTROL_ROWS]


def open_batch(task_id: str, n_envs: int = 4) -> BatchEnv:
    batch = make_batch(EnvRef(id=task_id), n_envs)
    batch.reset(list(range(n_envs)))
    return batch


def play(batch: BatchEnv, n_steps: int, seed: int = 0) -> np.ndarray:
    """Random steps; the records that they led to."""
    stream = np.random.default_rng(seed)
    low, high = batch.action_space.low, batch.action_space.high
    records = []
    for _ in range(n_steps):
        actions = stream.uniform(low, high, (batch.n_envs, *low.shape))
        batch.step(actions, autoreset=True)
        records.append(np.concatenate([batch.state, batch.observations], axis=1))
    return np.array(records)


def follow_oracle(batch: BatchEnv, n_steps: int = 40) -> np.ndarray:
    """Steps of the oracle; the records that they led to."""
    oracle, records = batch.task.oracle(batch), []
    for _ in range(n_steps):
        batch.step(oracle.act(), autoreset=True)
        records.append(batch.state.copy())
    return np.array(records)


def drive(batch: BatchEnv) -> np.ndarray:
    """The oracle first, then full speed in one direction, for whatever stands there."""
    records = [follow_oracle(batch)]
    for _ in range(30):
        batch.step(np.ones((batch.n_envs, *batch.action_space.shape)), autoreset=True)
        records.append(batch.state[np.newaxis].copy())
    return np.concatenate(records)


def through_pickle(batch: BatchEnv) -> BatchEnv:
    return pickle.loads(pickle.dumps(batch))


@pytest.mark.parametrize("row", BY_ID)
@pytest.mark.parametrize("how", [copy.deepcopy, through_pickle])
def test_a_copy_goes_on_as_the_original_does(row: Row, how) -> None:
    batch = open_batch(row.id)
    play(batch, 12)
    twin = how(batch)
    n_steps = 15 if "xl" in row.tags else row.horizon + 10
    np.testing.assert_array_equal(play(twin, n_steps, 1), play(batch, n_steps, 1))


@pytest.mark.parametrize("task_id", ["AlignEnv-AntSparse-v0", PUSH])
def test_threads_change_nothing_but_the_clock(
    task_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = play(open_batch(task_id), 30)
    monkeypatch.setenv(THREADS, "3")
    shared = open_batch(task_id)
    np.testing.assert_array_equal(play(shared, 30), alone)
    twin = pickle.loads(pickle.dumps(shared))
    shared.close()
    np.testing.assert_array_equal(play(twin, 5, seed=1), play(shared, 5, seed=1))
    twin.close()
    shared.close()


@pytest.mark.parametrize("wanted", ["0", "two", "-1"])
def test_threads_are_a_positive_number(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS, wanted)
    with pytest.raises(ConfigError, match="ALIGNENV_SIM_THREADS"):
        make_batch(EnvRef(id=PUSH), 2)


@pytest.mark.parametrize("row", BY_ID)
def test_layouts_are_those_of_the_seed_until_the_next_episode(row: Row) -> None:
    batch = open_batch(row.id)
    first = batch.layout_keys()
    assert len(set(first)) == 4
    play(batch, 3)
    assert batch.layout_keys() == first
    batch.reset([3, 2, 1, 0])
    assert batch.layout_keys() == first[::-1]


@pytest.mark.parametrize("row", [row for row in BY_ID if find_task(row.values[0].id).context.size])
def test_each_context_parameter_changes_what_happens(row: Row) -> None:
    task = find_task(row.id)
    plain = make_batch(EnvRef(id=row.id), 8)
    plain.reset(list(range(8)))
    drawn, records = plain.start.copy(), drive(plain)
    for index, parameter in enumerate(task.context):
        for value in {parameter.low, parameter.high} - {parameter.default}:
            context = task.context.default()
            context[index] = value
            batch = make_batch(EnvRef(id=row.id), 8)
            batch.reset(list(range(8)), contexts=np.tile(context, (8, 1)))
            changed = not np.array_equal(batch.start, drawn)
            if changed or not np.array_equal(drive(batch), records):
                break
        else:
            pytest.fail(f"{parameter.name} changes nothing")


def test_contexts_stay_until_they_are_changed() -> None:
    task = find_task(PUSH)
    heavy = np.tile(task.context.read({"puck_mass": 1.0}), (4, 1))
    batch, plain = open_batch(PUSH), open_batch(PUSH)
    batch.reset([0, 1, 2, 3], contexts=heavy)
    first, second = follow_oracle(batch), follow_oracle(plain)
    assert (first != second).any()
    batch.reset([0, 1, 2, 3])
    np.testing.assert_array_equal(follow_oracle(batch), first)
    batch.reset([0, 1, 2, 3], contexts=np.tile(task.context.default(), (4, 1)))
    np.testing.assert_array_equal(follow_oracle(batch), second)


def test_a_context_of_one_env_leaves_the_others_alone() -> None:
    task = find_task(PUSH)
    contexts = np.tile(task.context.default(), (4, 1))
    contexts[2] = task.context.read({"puck_drag": 12.0})
    batch, plain = open_batch(PUSH), open_batch(PUSH)
    batch.reset([0, 1, 2, 3], contexts=contexts)
    mixed, same = follow_oracle(batch), follow_oracle(plain)
    np.testing.assert_array_equal(mixed[:, [0, 1, 3]], same[:, [0, 1, 3]])
    assert (mixed[:, 2] != same[:, 2]).any()


def test_actions_are_clipped_to_their_space() -> None:
    wild, tame = open_batch(PUSH), open_batch(PUSH)
    wild.step(np.full((4, 2), 7.0), autoreset=True)
    tame.step(np.ones((4, 2)), autoreset=True)
    np.testing.assert_array_equal(wild.state, tame.state)


@pytest.mark.parametrize(
    "actions",
    [np.zeros(2), np.zeros((4, 3)), np.full((4, 2), np.nan), np.array([["a"] * 2] * 4)],
    ids=["one env", "too long", "nan", "text"],
)
def test_actions_that_mean_nothing_are_refused(actions: np.ndarray) -> None:
    with pytest.raises(ConfigError, match=r"Actions are finite numbers of shape \(4, 2\)"):
        open_batch(PUSH).step(actions, autoreset=True)


def test_what_is_not_there_is_refused() -> None:
    batch = open_batch(PUSH)
    with pytest.raises(UnknownName, match="puck_positon"):
        batch.track(["puck_positon"])
    with pytest.raises(ConfigError, match="negative"):
        batch.reset([-1, 0, 0, 0])
    with pytest.raises(ConfigError, match="4 seeds"):
        batch.reset([1, 2])
    with pytest.raises(ConfigError, match="shape"):
        batch.reset(contexts=np.zeros((1, 3)))
    with pytest.raises(ConfigError, match="at least 1"):
        make_batch(EnvRef(id=PUSH), 0)
    with pytest.raises(UnknownName, match="observation"):
        make_batch(EnvRef(id=PUSH, obs="image"), 1)


def test_unseeded_streams_differ() -> None:
    batch = make_batch(EnvRef(id=PUSH), 4)
    batch.reset()
    assert len(set(batch.layout_keys())) == 4


def test_the_maze_is_as_its_page_says() -> None:
    plan = find_scene("maze").plan
    assert (len(plan.centres), plan.steps.max()) == (32, 16)
    assert "32 cells" in find_task("AlignEnv-Maze-v0").about
    task = find_task("AlignEnv-Maze-v0")
    near = np.tile(task.context.read({"shortest_path": 1, "longest_path": 5}), (64, 1))
    batch = make_batch(EnvRef(id=task.id), 64)
    batch.reset(list(range(64)), contexts=near)
    paths = task.card.state.view(batch.start)["first_path"] / 0.2
    assert (paths.min(), paths.max()) == pytest.approx((1, 5))
    impossible = np.tile(task.context.read({"shortest_path": 9, "longest_path": 5}), (64, 1))
    with pytest.raises(ConfigError, match="No two cells are 9 to 5 cells apart"):
        batch.reset(contexts=impossible)
