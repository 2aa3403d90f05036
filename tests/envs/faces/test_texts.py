"""The channel of words behind every face: what ends an episode is told before the next begins."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from alignenv.errors import ConfigError

FORM, TREE = "AlignEnv-Form-2-v0", "AlignEnv-CraftTree-v0"


@pytest.mark.parametrize("reward", ["sparse", "human"])
@pytest.mark.parametrize("task_id", [FORM, TREE, "AlignEnv-Fetch-5x5-N2-v0"])
def test_words_change_nothing_that_a_vector_env_returns(task_id: str, reward: str) -> None:
    made = [
        gym.make_vec(task_id, 3, autoreset_mode="SameStep", reward=reward, text_info=told)
        for told in (True, False)
    ]
    (told, _), (silent, _) = (envs.reset(seed=0) for envs in made)
    np.testing.assert_array_equal(told, silent)
    rng, n_ended = np.random.default_rng(0), 0
    for _ in range(300):
        chosen = rng.integers(int(made[0].single_action_space.n), size=3)  # type: ignore[attr-defined]
        (*ours, infos), (*theirs, others) = (envs.step(chosen) for envs in made)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(one, other)
        for n in np.flatnonzero(ours[2] | ours[3]).tolist():
            np.testing.assert_array_equal(infos["final_obs"][n], others["final_obs"][n])
            n_ended += 1
        assert all(infos["text"])
    assert n_ended > 2


def test_a_finished_form_is_told_of_before_the_next_one() -> None:
    envs = gym.make_vec(FORM, 1, autoreset_mode="SameStep", text_info=True)
    _, infos = envs.reset(seed=0)
    instructions = [infos["text"][0]]
    rng, n_ended = np.random.default_rng(0), 0
    while n_ended < 5:
        *_, terminated, truncated, infos = envs.step(rng.integers(8, size=1))
        if terminated[0] or truncated[0]:
            n_ended += 1
            final: Any = infos["final_info"]
            assert final["text"][0] == instructions[-1]
            instructions.append(infos["text"][0])
        assert infos["text"][0] == instructions[-1]
    assert len(set(instructions)) > 1


def test_an_env_without_words_says_so() -> None:
    for make in (gym.make, gym.make_vec):
        with pytest.raises(ConfigError, match="says nothing in words"):
            make("AlignEnv-BoatRace-v0", text_info=True)
