"""Layouts of grid tasks, as exact tasks of the audit: every grid that actions can lead to.

States are found level by level with the batched core itself: a block of them is put into its
arrays, each action is taken once, and what comes out is compared by a hash of 64 bits. The clock
is no part of a state.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.envs.grid.cells import KIND, WALL
from alignenv.envs.grid.core import GridCore
from alignenv.envs.make import EnvRef, make_batch
from alignenv.reward_design.audit.exact import ExactTask, Priced, TrueOutcome, action_words
from alignenv.reward_design.audit.planning import Actions, hidden_range
from alignenv.reward_design.audit.transitions import Floats, Ints
from alignenv.seeding import generator
from alignenv.tabular import TabularModel
from alignenv.task import Task

BLOCK = 2048
"""States that are stepped at a time."""

Mask = npt.NDArray[np.bool_]


class TooMany(Exception):  # noqa: N818 - a fact about a layout, not a fault
    """A layout has more states than were to be listed."""


class _States(NamedTuple):
    """States of one layout; what they share is kept once, in the core.

    Attributes:
        cells: Codes of the cells that may change, uint8 `(n, L)`.
        agents: Rows of the core's agents, clock at 0 `(n,)`.
        missions: Rows of its missions, `(n,)`.
        terminated: Whether the episode is over, `(n,)`.
        success: Whether it ended in success, `(n,)`.
    """

    cells: npt.NDArray[np.uint8]
    agents: npt.NDArray[np.void]
    missions: npt.NDArray[np.void]
    terminated: Mask
    success: Mask

    def rows(self, chosen: Ints | Mask | slice) -> _States:
        """Some of them."""
        return _States(
            self.cells[chosen],
            self.agents[chosen],
            self.missions[chosen],
            self.terminated[chosen],
            self.success[chosen],
        )


def grid_task(ref: EnvRef, task: Task, seed: int, max_states: int) -> ExactTask:
    """Every state of the layout that a seed draws.

    Args:
        ref: A grid task whose things do not move by themselves.
        task: The same, resolved.
        seed: Of the layout.
        max_states: Most states that are listed.

    Raises:
        TooMany: There are more.
    """
    walker = _Walker(ref, seed)
    states, after = walker.explore(max_states)
    n, n_actions = after.shape
    model = _model(states, after, task.card.horizon)
    records, shown = np.unique(walker.records(states), axis=0, return_inverse=True)
    shown = shown.reshape(-1).astype(np.int64)
    alive = np.flatnonzero(~states.terminated)
    before = np.repeat(alive, n_actions)
    action = np.tile(np.arange(n_actions), alive.size)
    then = after[alive].reshape(-1)
    priced = Priced(
        before=shown[before],
        action=action,
        after=shown[then],
        terminated=states.terminated[then],
        choice=before * n_actions + action,
        weight=np.ones(before.size),
    )
    possible = hidden_range(model)[1]
    return ExactTask(
        model=model,
        spec=task.card.state,
        records=records,
        shown=shown,
        priced=priced,
        judge=_Judge(model),
        performance_range=(0.0, possible),
        possible=possible,
        is_judged_here=True,
        success=states.success,
        words=action_words(n_actions, task.card.action.meaning),
        name=f"the layout of seed {seed}, {n:,} states",
        seed=seed,
    )


def _model(states: _States, after: Ints, horizon: int) -> TabularModel:
    n = len(states.terminated)
    own = np.arange(n)[:, np.newaxis]
    after = np.where(states.terminated[:, np.newaxis], own, after)
    reached = (states.success[after] & ~states.terminated[:, np.newaxis]).astype(np.float64)
    start = np.zeros(n)
    start[0] = 1.0
    return TabularModel(
        successors=after[:, :, np.newaxis],
        probabilities=np.ones((*after.shape, 1)),
        visible=reached,
        hidden=reached,
        start=start,
        terminal=states.terminated,
        horizon=horizon,
    )


class _Judge:
    """TRUE success of a policy: whether it ends in success before the horizon."""

    def __init__(self, model: TabularModel) -> None:
        self._model = model

    def __call__(self, actions: Actions) -> TrueOutcome:
        """Walk; see `ExactTask.judge`."""
        state, total = 0, 0.0
        for chosen in actions:
            if self._model.terminal[state]:
                break
            action = int(chosen[state])
            total += float(self._model.hidden[state, action])
            state = int(self._model.successors[state, action, 0])
        return TrueOutcome(float(total > 0.5), total, 0)


@dataclass
class _Known:
    """Hashes met so far, sorted, with the numbers of their states."""

    hashes: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, dtype=np.uint64))
    numbers: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def add(self, new: npt.NDArray[np.uint64]) -> None:
        """Number hashes that are sorted and not known."""
        at = np.searchsorted(self.hashes, new)
        first = len(self.hashes)
        self.hashes = np.insert(self.hashes, at, new)
        self.numbers = np.insert(self.numbers, at, first + np.arange(len(new)))

    def find(self, hashes: npt.NDArray[np.uint64]) -> Ints:
        """Numbers of known hashes, -1 for others."""
        if not len(self.hashes):
            return np.full(hashes.shape, -1)
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[at] == hashes, self.numbers[at], -1)


class _Walker:
    """Steps blocks of states of one layout."""

    def __init__(self, ref: EnvRef, seed: int) -> None:
        core = make_batch(ref, BLOCK)
        assert isinstance(core, GridCore), "a grid task"
        core.reset([seed] * BLOCK)
        self._core, self._world = core, core.world
        self._agents: Any = core.world.agents
        self._missions: Any = core.world.missions
        cells = core.world.cells[0]
        self._live = np.flatnonzero(KIND[cells] != WALL)
        self._cells = cells.copy()
        spec = core.task.card.state
        self._keeps_bumps = "bumped" in spec
        self.n_actions = int(core.task.card.action.n)
        rng = generator(0, "audit", "hash")
        n_words = self._live.size + 5
        self._mix = rng.integers(1, 2**63, size=n_words, dtype=np.uint64) | np.uint64(1)

    def explore(self, max_states: int) -> tuple[_States, Ints]:
        """All states, the start first, and what each action leads to, `(S, A)`.

        Nothing follows where an episode is over.
        """
        frontier = self._clean(self._taken(1))
        known, found, rows = _Known(), [frontier], list[Ints]()
        known.add(self._hash(frontier))
        while not frontier.terminated.all():
            blocks, hashes = self._expand(frontier.rows(~frontier.terminated))
            unique, first = np.unique(hashes.reshape(-1), return_index=True)
            is_new = known.find(unique) < 0
            known.add(unique[is_new])
            if len(known.hashes) > max_states:
                raise TooMany
            rows.append(known.find(hashes))
            frontier = _joined(blocks).rows(first[is_new])
            found.append(frontier)
        states = _joined(found)
        after = np.zeros((len(states.terminated), self.n_actions), dtype=np.int64)
        after[~states.terminated] = np.concatenate(rows)
        return states, after

    def _expand(self, states: _States) -> tuple[list[_States], npt.NDArray[np.uint64]]:
        """What every action leads to from every state, state by state, and its hash."""
        blocks, hashes = [], []
        for first in range(0, len(states.terminated), BLOCK):
            block = states.rows(slice(first, first + BLOCK))
            n = len(block.terminated)
            after = [self._step(block, action) for action in range(self.n_actions)]
            merged = _joined(after)
            order = np.arange(n * self.n_actions).reshape(self.n_actions, n).T.reshape(-1)
            merged = merged.rows(order)
            blocks.append(merged)
            hashes.append(self._hash(merged).reshape(n, self.n_actions))
        return blocks, np.concatenate(hashes)

    def _step(self, states: _States, action: int) -> _States:
        self._place(states)
        n = len(states.terminated)
        self._core.step(np.full(BLOCK, action), autoreset=False)
        return self._clean(self._taken(n))

    def _place(self, states: _States) -> None:
        n = len(states.terminated)
        self._world.cells[:n, self._live] = states.cells
        self._agents[:n] = states.agents
        self._missions[:n] = states.missions

    def _taken(self, n: int) -> _States:
        """The first envs of the core as states."""
        return _States(
            cells=self._world.cells[:n, self._live],
            agents=self._agents[:n].copy(),
            missions=self._missions[:n].copy(),
            terminated=self._core.terminated[:n].copy(),
            success=self._core.reward[:n] > 0.5,
        )

    def _clean(self, states: _States) -> _States:
        """Without what is no part of a state: the clock, charts, and bumps nobody reads."""
        states.agents["clock"] = 0
        states.agents["known"] = 0
        states.missions["fetched"] = 0
        states.missions["last"] *= states.terminated
        if not self._keeps_bumps:
            states.agents["bumped"] = 0
        return states

    def _hash(self, states: _States) -> npt.NDArray[np.uint64]:
        agents = states.agents
        facts = np.column_stack(
            [
                agents["position"] * 4 + agents["direction"],
                agents["carried"],
                agents["bumped"],
                states.missions["last"] + 8 * states.missions["hit"],
                states.terminated + 2 * states.success,
            ]
        )
        words = np.concatenate([states.cells, facts], axis=1).astype(np.uint64)
        mixed = (words + np.uint64(1)) * self._mix
        mixed ^= mixed >> np.uint64(29)
        mixed *= np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(32)
        return np.asarray((mixed * self._mix[::-1]).sum(axis=1, dtype=np.uint64))

    def records(self, states: _States) -> Floats:
        """State record of each, `(n, size)`."""
        found = []
        for first in range(0, len(states.terminated), BLOCK):
            block = states.rows(slice(first, first + BLOCK))
            self._place(block)
            found.append(self._core.read_state()[: len(block.terminated)].copy())
        return np.concatenate(found)


def _joined(parts: list[_States]) -> _States:
    return _States(*(np.concatenate(column) for column in zip(*parts, strict=True)))
