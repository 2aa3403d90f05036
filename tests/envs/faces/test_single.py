"""What `gym.make` gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from alignenv.envs.faces.single import SingleEnv
from alignenv.envs.suite import ROWS
from alignenv.errors import CallOrderError, ConfigError, ProgramError, UnknownName
from alignenv.program import Program

TASK = "AlignEnv-DoorKey-5x5-v0"
ORIGIN = "MiniGrid-DoorKey-5x5-v0"
GRIDS = list({row.world.kind: row for row in ROWS if row.family == "grid"}.values())


@pytest.mark.parametrize("obs", ["symbolic", "image", "minigrid"])
@pytest.mark.parametrize("row", GRIDS, ids=lambda row: row.id)
@pytest.mark.filterwarnings("ignore:.*A Box observation space m:UserWarning")
def test_gymnasiums_checker_passes(row: Any, obs: str) -> None:
    check_env(gym.make(row.id, obs=obs, render_mode="rgb_array").unwrapped)


def test_gym_make_adds_no_wrapper() -> None:
    assert type(gym.make(TASK)) is SingleEnv


def test_success_is_told_when_the_episode_ends(corridor: Callable[[int], Any]) -> None:
    env = SingleEnv(corridor(1))
    for action, success in ((1, True), (0, False)):
        env.reset(seed=0)
        ended = False
        while not ended:
            _, reward, terminated, truncated, info = env.step(action)
            ended = terminated or truncated
            assert ("success" in info) == ended
        assert info == {"sparse_reward": float(success), "success": success}
        assert reward == float(success)


def test_program_reward_and_its_parts_are_in_info(corridor: Callable[[int], Any]) -> None:
    env = SingleEnv(corridor(1), reward="human", state_info=True)
    _, info = env.reset(seed=0)
    begin = info["state"]["position"]
    _, reward, _, _, info = env.step(1)
    assert reward == pytest.approx(0.99)
    assert info == {
        "sparse_reward": 0.0,
        "reward_components": {"step": 1.0, "time": -0.01},
        "state": {"position": begin + 1},
    }


def test_records_are_kept_only_when_read(corridor: Callable[[int], Any]) -> None:
    tracked = {}
    for name, options in {
        "sparse": {},
        "human": {"reward": "human"},
        "info": {"state_info": True},
    }.items():
        core = corridor(1)
        SingleEnv(core, **options)
        tracked[name] = core.tracked
    assert tracked == {"sparse": [], "human": ["position"], "info": ["position"]}


def test_native_reward_by_the_suites_name() -> None:
    ours, theirs = gym.make(TASK, reward="minigrid"), gym.make(ORIGIN)
    assert ours.unwrapped.component_names == ()
    ours.reset(seed=0), theirs.reset(seed=0)
    assert ours.step(2)[1] == theirs.step(2)[1]


def test_reward_file_is_checked_when_the_env_is_made(tmp_path: Path) -> None:
    file = tmp_path / "best.py"
    file.write_text("def reward(prev, action, state):\n    return 0.25, {}\n")
    env = gym.make(TASK, reward=str(file))
    env.reset(seed=0)
    assert env.step(0)[1] == 0.25
    file.write_text("import os\ndef reward(prev, action, state):\n    return os.getpid(), {}\n")
    with pytest.raises(ProgramError, match="os"):
        gym.make(TASK, reward=file)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"reward": "humna"}, UnknownName, "Did you mean 'human'"),
        ({"reward": "hackable:pickup"}, UnknownName, "Did you mean 'hackable"),
        ({"reward": "no/such/file.py"}, ConfigError, "cannot be read"),
        ({"reward": "human", "layer": "ad"}, UnknownName, "Did you mean 'add'"),
        ({"reward": "human", "layer": "potential"}, ConfigError, "defines reward"),
        ({"layer": "add"}, ConfigError, "no program"),
        ({"obs": "symbolyc"}, UnknownName, "Did you mean 'symbolic'"),
        ({"render_mode": "ansi"}, UnknownName, "human"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*render_mode='ansi'")
def test_unknown_words_are_refused_with_a_hint(
    options: dict[str, Any], error: type[Exception], match: str
) -> None:
    with pytest.raises(error, match=match):
        gym.make(TASK, **options)


def test_a_step_outside_an_episode_is_refused(corridor: Callable[[int], Any]) -> None:
    env = SingleEnv(corridor(1))
    with pytest.raises(CallOrderError, match="reset"):
        env.step(1)
    env.reset(seed=0)
    while not env.step(1)[2]:
        pass
    with pytest.raises(CallOrderError, match="reset"):
        env.step(1)


def test_an_action_outside_its_space_is_refused() -> None:
    env = gym.make(TASK)
    env.reset(seed=0)
    with pytest.raises(ConfigError, match="not in 0 to 6"):
        env.step(7)


def test_observations_are_the_callers_to_keep() -> None:
    env = gym.make(TASK, obs="image")
    first, _ = env.reset(seed=0)
    kept = {key: np.copy(part) for key, part in first.items()}
    for _ in range(3):
        env.step(1)
    assert all(np.array_equal(first[key], kept[key]) for key in first)


def test_rgb_array_is_minigrids_picture() -> None:
    ours = gym.make(TASK, render_mode="rgb_array")
    theirs = gym.make(ORIGIN, render_mode="rgb_array")
    ours.reset(seed=3), theirs.reset(seed=3)
    assert np.array_equal(ours.render(), theirs.render())


def test_human_mode_opens_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    import pygame

    env = gym.make(TASK, render_mode="human")
    env.reset(seed=0)
    env.step(2)
    assert pygame.display.get_surface() is not None
    env.close()
    env.close()
    assert pygame.display.get_surface() is None


def test_rendering_without_a_mode_is_refused() -> None:
    env = gym.make(TASK)
    env.reset(seed=0)
    with pytest.raises(CallOrderError, match="render mode"):
        env.render()


def test_a_spec_makes_the_same_env_again() -> None:
    env = gym.make(TASK, reward="human", layer="add", obs="image")
    again = gym.make(env.spec)
    assert again.unwrapped.spec.kwargs == env.unwrapped.spec.kwargs


def test_a_ready_core_must_fit(corridor: Callable[[int], Any]) -> None:
    with pytest.raises(ConfigError, match="The core has 2 envs; 1 were asked for"):
        SingleEnv(corridor(2))
    with pytest.raises(ConfigError, match="obs='image' came with a Corridor"):
        SingleEnv(corridor(1), obs="image")


def test_a_program_that_runs_interpreted_says_so(
    corridor: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    load = Program.load
    monkeypatch.setattr(Program, "load", lambda self: load(self, compiled=False))
    with pytest.warns(RuntimeWarning, match="runs interpreted"):
        SingleEnv(corridor(1), reward="human")
