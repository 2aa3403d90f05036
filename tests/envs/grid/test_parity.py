"""Every grid is MiniGrid's, bit for bit, by seed and actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from alignenv.envs.grid.core import GridCore
from alignenv.envs.grid.layout import GridLayout

N_ENVS = 8


class Duel:
    """N MiniGrid environments and a core of N, given the same seeds and actions."""

    def __init__(self, core: GridCore, envs: list[Any], players: list[Any], seed: int) -> None:
        self.core, self.envs, self.players = core, envs, players
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

    def step(self) -> None:
        """One transition of each, with every fact about it compared."""
        core = self.core
        actions = np.array([player.act() for player in self.players])
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
                self.players[n].forget()
            observations.append(observation)
        self.n_ended += len(ended)
        self.assert_same(core.terminal_observations, last, ended)
        self.assert_same(core.observations, observations, range(len(self.envs)))


@pytest.fixture
def duel(
    make_core: Callable[..., GridCore],
    make_minigrid: Callable[[GridLayout], Any],
    make_player: Callable[..., Any],
) -> Callable[[GridLayout, int], Duel]:
    def build(layout: GridLayout, seed: int) -> Duel:
        rng = np.random.default_rng(seed)
        envs = [make_minigrid(layout) for _ in range(N_ENVS)]
        players = [make_player(env, 0.9 * n / (N_ENVS - 1), rng) for n, env in enumerate(envs)]
        return Duel(make_core(layout, N_ENVS, "minigrid"), envs, players, seed)

    return build


def test_trajectories_are_minigrids(layout: GridLayout, duel: Callable[..., Duel]) -> None:
    game = duel(layout, seed=7)
    for _ in range(540):
        game.step()
    assert game.n_ended >= N_ENVS
    assert game.n_succeeded > 0


@pytest.mark.parity
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [1000, 2000])
def test_long_trajectories_are_minigrids(
    layout: GridLayout, seed: int, duel: Callable[..., Duel]
) -> None:
    game = duel(layout, seed)
    for _ in range(2750):
        game.step()
    assert game.n_succeeded > N_ENVS


def test_layout_names_minigrids_environment(
    layout: GridLayout, make_minigrid: Callable[[GridLayout], Any]
) -> None:
    env = make_minigrid(layout)
    assert (env.width, env.height) == (layout.width, layout.height)
    assert env.max_steps == layout.max_steps
    assert env.see_through_walls == layout.see_through_walls
