"""Every grid is MiniGrid's, bit for bit, by seed and actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.oracle import GridOracle
from alignenv.envs.grid.rows import GRID_ROWS

N_ENVS = 8
N_STEPS, N_LONG_STEPS = 180, 1850
SKILLS = np.array([0.0, 0.0, 0.0, 0.0, 0.9, 0.95, 0.98, 1.0])
"""How often each env does what the scripted reference policy would do."""


class Duel:
    """N MiniGrid environments and a core of N, given the same seeds and actions."""

    def __init__(self, core: GridCore, envs: list[Any], seed: int) -> None:
        self.core, self.envs = core, envs
        self.player, self.rng = GridOracle(core), np.random.default_rng(seed)
        self.has_strayed = np.ones(len(envs), dtype=np.bool_)
        seeds = [seed + n for n in range(len(envs))]
        core.reset(seeds)
        first = [env.reset(seed=s)[0] for env, s in zip(envs, seeds, strict=True)]
        self.n_ended = self.n_succeeded = 0
        self.assert_same(core.observations, first, range(len(envs)))

    def assert_same(self, ours: Any, theirs: list[dict[str, Any]], rows: Any) -> None:
        """Observations of some rows are equal: keys in order, types and values."""
        for n, observation in zip(rows, theirs, strict=True):
            assert list(ours) == list(observation)
            assert ours["image"].dtype == observation["image"].dtype
            assert ours["image"][n].tobytes() == observation["image"].tobytes()
            assert ours["direction"][n] == observation["direction"]
            assert ours["mission"][n] == observation["mission"]

    def act(self) -> npt.NDArray[np.int64]:
        """Some envs play at random and others well, with a random action now and then."""
        actions = self.rng.integers(int(self.core.action_space.n), size=len(self.envs))  # type: ignore[attr-defined]
        skilled = self.rng.random(len(self.envs)) < SKILLS
        self.player.reset(self.has_strayed)
        for n in np.flatnonzero(skilled).tolist():
            actions[n] = self.player.act_for(n)
        self.has_strayed = ~skilled
        return actions

    def step(self) -> None:
        """One transition of each, with every fact about it compared."""
        core = self.core
        actions = self.act()
        core.step(actions, autoreset=True)
        observations, last, ended = [], [], []
        for n, env in enumerate(self.envs):
            observation, reward, terminated, truncated, _ = env.step(int(actions[n]))
            assert core.native_reward[n] == reward
            assert core.reward[n] == float(reward > 0)
            assert core.terminated[n] == terminated
            assert core.truncated[n] == truncated
            assert core.steps[n] == env.step_count
            if terminated or truncated:
                last.append(observation)
                ended.append(n)
                self.n_succeeded += reward > 0
                observation, _ = env.reset()
                self.has_strayed[n] = True
            observations.append(observation)
        self.n_ended += len(ended)
        self.assert_same(core.terminal_observations, last, ended)
        self.assert_same(core.observations, observations, range(len(self.envs)))


@pytest.fixture
def duel(
    make_core: Callable[..., GridCore],
    make_minigrid: Callable[[GridLayout], Any],
) -> Callable[[GridLayout, int], Duel]:
    def build(layout: GridLayout, seed: int) -> Duel:
        envs = [make_minigrid(layout) for _ in range(N_ENVS)]
        return Duel(make_core(layout, N_ENVS, "minigrid"), envs, seed)

    return build


def test_trajectories_are_minigrids(layout: GridLayout, duel: Callable[..., Duel]) -> None:
    game = duel(layout, seed=7)
    for _ in range(N_STEPS):
        game.step()
    assert game.n_succeeded > 0 or layout.max_steps > N_STEPS


def test_the_default_suite_compares_at_most_100_000_transitions() -> None:
    assert N_STEPS * N_ENVS * len(GRID_ROWS) <= 100_000
    assert N_LONG_STEPS * N_ENVS * len(GRID_ROWS) >= 1_000_000


@pytest.mark.parity
@pytest.mark.timeout(600)
def test_long_trajectories_are_minigrids(layout: GridLayout, duel: Callable[..., Duel]) -> None:
    game = duel(layout, seed=1000)
    for _ in range(N_LONG_STEPS):
        game.step()
    assert game.n_ended >= N_ENVS or layout.max_steps > N_LONG_STEPS
    assert game.n_succeeded > 0


def test_layout_names_minigrids_environment(
    layout: GridLayout, make_minigrid: Callable[[GridLayout], Any]
) -> None:
    env = make_minigrid(layout)
    assert (env.width, env.height) == (layout.width, layout.height)
    assert env.max_steps == layout.max_steps
    assert env.see_through_walls == layout.see_through_walls
