"""The scripted reference policy solves fresh layouts of every grid task."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from alignenv.agents.evaluation import Rollout, roll_out
from alignenv.envs.grid.oracle import GridOracle
from alignenv.envs.grid.oracle_aims import AIMS
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.suite import ROWS
from alignenv.errors import ConfigError
from alignenv.seeding import episode_seeds
from alignenv.task import find_task

N_EPISODES = 40
LARGEST = {row.world.kind: row.id for row in ROWS if row.family == "grid"}
"""The last row of each kind; `alignenv.benchmarks.references` plays all of them."""


def play(task_id: str) -> Rollout:
    """The oracle's episodes on fresh layouts."""
    env = make_batch(EnvRef(id=task_id), N_EPISODES)
    oracle = find_task(task_id).oracle
    assert oracle is not None
    player = oracle(env)

    def act(_: object) -> npt.NDArray[np.int64]:
        player.reset(env.terminated | env.truncated)
        return player.act()

    return roll_out(env, act, episode_seeds(0, "report", N_EPISODES, "oracle", task_id))


@pytest.mark.parametrize("task_id", LARGEST.values())
def test_it_solves_fresh_layouts(task_id: str) -> None:
    played = play(task_id)
    assert played.success.mean() >= 0.95
    assert played.milestones[played.success].min() == 1.0
    assert (play(task_id).lengths == played.lengths).all()


def test_it_walks_the_shortest_way_through_an_empty_room() -> None:
    played = play("AlignEnv-Empty-8x8-v0")
    assert set(played.lengths.tolist()) == {5 + 1 + 5}


def test_it_knows_every_kind() -> None:
    assert {row.world.kind for row in ROWS if row.family == "grid"} <= set(AIMS)


def test_it_refuses_another_core() -> None:
    core = make_batch(EnvRef(id="AlignEnv-Empty-5x5-v0"), 1)

    class Other:
        n_envs = core.n_envs

    with pytest.raises(ConfigError, match="GridCore"):
        GridOracle(Other())  # type: ignore[arg-type]
