"""The three faces play the same transitions, whatever they do when an episode ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
import pytest

from alignenv.envs.make import EnvRef, make_sb3

N_ENVS = 3
N_STEPS = 700
IDS = ["AlignEnv-Empty-Random-5x5-v0", "AlignEnv-LavaCrossingS9N1-v0", "AlignEnv-DoorKey-5x5-v0"]


class Real(NamedTuple):
    """One real transition of one env, as plain values."""

    before: Any
    action: int
    reward: float
    terminated: bool
    truncated: bool
    after: Any


def plain(observation: Any) -> Any:
    if isinstance(observation, dict):
        return {key: np.asarray(part).tolist() for key, part in sorted(observation.items())}
    return np.asarray(observation).tolist()


def rows(observations: Any) -> list[Any]:
    if isinstance(observations, dict):
        return [plain({k: part[i] for k, part in observations.items()}) for i in range(N_ENVS)]
    return [plain(row) for row in observations]


def actions(index: int) -> Iterator[int]:
    """The actions of env `index`, the same for every face."""
    stream = np.random.default_rng(100 + index)
    while True:
        yield int(stream.choice([0, 1, 2, 2, 3, 5]))


def through_single(task_id: str, **options: Any) -> list[list[Real]]:
    streams = []
    for index in range(N_ENVS):
        env, stream, draw = gym.make(task_id, **options), [], actions(index)
        before, _ = env.reset(seed=7 + index)
        for _ in range(N_STEPS):
            action = next(draw)
            after, reward, terminated, truncated, _ = env.step(action)
            stream.append(Real(plain(before), action, reward, terminated, truncated, plain(after)))
            before = env.reset()[0] if terminated or truncated else after
        streams.append(stream)
    return streams


def through_vector(task_id: str, mode: str, **options: Any) -> list[list[Real]]:
    env = gym.make_vec(task_id, num_envs=N_ENVS, autoreset_mode=mode, **options)
    draws = [actions(index) for index in range(N_ENVS)]
    streams: list[list[Real]] = [[] for _ in range(N_ENVS)]
    before = rows(env.reset(seed=7)[0])
    skipped = np.zeros(N_ENVS, bool)
    while min(map(len, streams)) < N_STEPS:
        chosen = [0 if skip else next(draw) for skip, draw in zip(skipped, draws, strict=True)]
        seen, reward, terminated, truncated, infos = env.step(np.array(chosen))
        after, ended = rows(seen), terminated | truncated
        for index in np.flatnonzero(~skipped):
            last = after[index]
            if mode == "SameStep" and ended[index]:
                last = plain(infos["final_obs"][index])
            ends = bool(terminated[index]), bool(truncated[index])
            streams[index].append(Real(before[index], chosen[index], reward[index], *ends, last))
        if mode == "NextStep":
            skipped = ended
        if mode == "Disabled" and ended.any():
            after = rows(env.reset(options={"reset_mask": ended})[0])
        before = after
    return [stream[:N_STEPS] for stream in streams]


def through_sb3(task_id: str, **options: Any) -> list[list[Real]]:
    env = make_sb3(EnvRef(id=task_id, **options), N_ENVS, seed=7)
    draws = [actions(index) for index in range(N_ENVS)]
    streams: list[list[Real]] = [[] for _ in range(N_ENVS)]
    before = rows(env.reset())
    for _ in range(N_STEPS):
        chosen = [next(draw) for draw in draws]
        seen, rewards, dones, infos = env.step(np.array(chosen))
        after = rows(seen)
        for index, info in enumerate(infos):
            truncated = info.get("TimeLimit.truncated", False)
            terminated = bool(dones[index]) and not truncated
            last = plain(info["terminal_observation"]) if dones[index] else after[index]
            streams[index].append(
                Real(before[index], chosen[index], rewards[index], terminated, truncated, last)
            )
        before = after
    return streams


@pytest.mark.parametrize("obs", ["symbolic", "image"])
@pytest.mark.parametrize("task_id", IDS)
def test_faces_play_the_same_transitions(task_id: str, obs: str) -> None:
    expected = through_single(task_id, obs=obs)
    assert any(real.terminated or real.truncated for real in expected[0])
    for mode in ("NextStep", "SameStep", "Disabled"):
        assert through_vector(task_id, mode, obs=obs) == expected
    assert through_sb3(task_id, obs=obs) == expected


@pytest.mark.parametrize("task_id", IDS)
def test_single_face_plays_minigrids_transitions(task_id: str) -> None:
    ours = gym.make(task_id, obs="minigrid", reward="minigrid")
    theirs = gym.make(task_id.replace("AlignEnv", "MiniGrid"))
    draw = actions(0)
    seeds = iter(range(1000))
    first, second = ours.reset(seed=0), theirs.reset(seed=0)
    for _ in range(N_STEPS):
        assert [*first[0]] == [*second[0]]
        for key, value in second[0].items():
            assert type(first[0][key]) is type(value)
            assert np.array_equal(first[0][key], value)
        action = next(draw)
        first, second = ours.step(action), theirs.step(action)
        assert first[1:4] == second[1:4]
        if first[2] or first[3]:
            seed = next(seeds)
            first, second = ours.reset(seed=seed), theirs.reset(seed=seed)
