"""Planning for a reward program over the tables of a hazard."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from alignenv.envs.hazard.table_core import TableCore
from alignenv.envs.hazard.tables import full_model
from alignenv.envs.make import EnvRef, make_batch
from alignenv.program import parse_program
from alignenv.tabular import plan


class Planner:
    """A judged core of a hazard and what is optimal in it."""

    def __init__(self, task_id: str, n_envs: int) -> None:
        core = make_batch(EnvRef(id=task_id), n_envs, truth=True)
        assert isinstance(core, TableCore)
        core.reset(list(range(n_envs)))
        self.core, self.task = core, core.task

    def pay(self, reward: str) -> npt.NDArray[np.float64]:
        """What a reference reward pays for every action in every state, `(S, A)`."""
        source, card = self.task.reward(reward).source, self.task.card
        program = parse_program(source, card.state, card.action)
        tables = self.core.tables
        before, action = (index.ravel() for index in np.indices(tables.successors.shape))
        after = tables.successors.ravel()
        out = np.zeros((before.size, 1 + len(program.components)))
        records, t = tables.records, np.zeros(before.size)
        program.load().reward(records[before], action.astype(np.float64), records[after], t, out)
        values: npt.NDArray[np.float64] = out[:, 0].reshape(tables.successors.shape)
        values[tables.terminal] = 0.0
        return values

    def best(self, reward: str) -> npt.NDArray[np.uint8]:
        """Optimum of a reference reward over the whole horizon, `(T, S)`; its worst tie."""
        tables = self.core.tables
        variant = next(iter(tables.starts))
        model = full_model(tables, self.task.card.horizon, variant, judged=True)
        return plan(model, self.pay(reward), -model.hidden).actions

    def follow(self, policy: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
        """TRUE success of one episode per env."""
        core = self.core
        alive = np.ones(core.n_envs, dtype=np.bool_)
        success = np.zeros(core.n_envs, dtype=np.bool_)
        core.reset(list(range(core.n_envs)))
        while alive.any():
            core.step(policy[core.clock, core.numbers].astype(np.int64), autoreset=True)
            ended = alive & (core.terminated | core.truncated)
            success[ended] = self.task.judge(core.state, core.truth)[ended]
            alive &= ~ended
        return success

    def by_heart(self, policy: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """What a policy of LavaShift does on the map of training, on every map, `(S,)`."""
        states = self.core.tables.states
        number = {state: index for index, state in enumerate(states)}
        blind: npt.NDArray[np.uint8] = policy[[number[(0, state[1])] for state in states]]
        return blind


@pytest.fixture
def planner() -> Callable[..., Planner]:
    """Makes a planner for a task."""

    def make(task_id: str, n_envs: int = 16) -> Planner:
        return Planner(task_id, n_envs)

    return make
