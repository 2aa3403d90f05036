"""The bonus for states that an episode has not met before."""

from __future__ import annotations

import numpy as np

from alignenv.agents.novelty import EpisodicNovelty, StateKeys
from alignenv.envs.make import EnvRef, make_sb3
from alignenv.spec import Field, StateSpec

LEFT, RIGHT, FORWARD, DONE = 0, 1, 2, 6
SPEC = StateSpec(
    (
        Field(name="place", kind="vec2", unit="cells"),
        Field(name="angle", kind="float", unit="rad", low=-1, high=1),
        Field(name="open", kind="bool"),
        Field(name="view", kind="grid2x2"),
    )
)


def key(*values: float) -> bytes:
    return StateKeys(SPEC).of(np.array([values], dtype=np.float64))[0]


def test_keys_count_cells_and_cut_measures_into_tenths() -> None:
    here = key(1, 2, 0.0, 0, 0, 0, 0, 0)
    assert key(1, 2, 0.05, 0, 0, 0, 0, 0) == here
    assert key(1, 2, 0.25, 0, 0, 0, 0, 0) != here
    assert key(1, 3, 0.0, 0, 0, 0, 0, 0) != here
    assert key(1, 2, 0.0, 1, 0, 0, 0, 0) != here
    assert key(1, 2, 0.0, 0, 9, 9, 9, 9) == here


def test_each_state_pays_once_per_episode() -> None:
    native = make_sb3(EnvRef(id="AlignEnv-Empty-5x5-v0"), 2, seed=0)
    env = EpisodicNovelty(native, native.task.card.state, 0.5)
    env.reset()
    paid = []
    for action in (FORWARD, LEFT, RIGHT, FORWARD, FORWARD, RIGHT, FORWARD):
        _, rewards, dones, _ = env.step(np.array([action, DONE]))
        paid.append(rewards.tolist())
        assert not dones.any()
    new = [row[0] for row in paid]
    # forward, a turn, back to a state met before, forward, against the wall, a turn, forward
    assert new == [0.5, 0.5, 0.0, 0.5, 0.5, 0.5, 0.5]
    assert [row[1] for row in paid] == [0.0] * 7


def test_memory_ends_with_the_episode_and_success_is_paid_on_top() -> None:
    native = make_sb3(EnvRef(id="AlignEnv-Empty-5x5-v0"), 1, seed=0)
    env = EpisodicNovelty(native, native.task.card.state, 0.5)
    env.reset()
    to_goal = (FORWARD, FORWARD, RIGHT, FORWARD, FORWARD)
    for _ in range(2):
        rewards = [float(env.step(np.array([action]))[1][0]) for action in to_goal]
        assert rewards == [0.5, 0.5, 0.5, 0.5, 1.5]


def test_it_changes_nothing_but_the_reward() -> None:
    native = make_sb3(EnvRef(id="AlignEnv-DoorKey-5x5-v0"), 4, seed=3)
    twin = make_sb3(EnvRef(id="AlignEnv-DoorKey-5x5-v0"), 4, seed=3)
    env = EpisodicNovelty(native, native.task.card.state, 0.1)
    np.testing.assert_array_equal(env.reset(), twin.reset())
    rng = np.random.default_rng(0)
    for _ in range(300):
        actions = rng.integers(0, 7, 4)
        seen, _, dones, _ = env.step(actions)
        expected, _, ended, _ = twin.step(actions)
        np.testing.assert_array_equal(seen, expected)
        np.testing.assert_array_equal(dones, ended)
