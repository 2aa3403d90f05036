"""The batched core of every hazard whose states can be listed: a step is a look-up."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.batch import BatchEnv
from alignenv.context import Contexts
from alignenv.envs.hazard.core import Flags, Floats, HazardCore, Hidden
from alignenv.envs.hazard.game import State
from alignenv.envs.hazard.paint import paint
from alignenv.envs.hazard.streams import Rows
from alignenv.envs.hazard.tables import Tables, find_game, find_tables, hidden_plan
from alignenv.errors import ConfigError
from alignenv.spec import Records
from alignenv.tabular import Plan
from alignenv.task import Oracle, Task


class TableCore(HazardCore):
    """N copies of a game.

    Args:
        task: The task.
        kind: Which game; see `alignenv.envs.hazard.tables.GAMES`.
        n_envs: How many environments.
        truth: Whether to fill the hidden record.

    Attributes:
        kind: Which game.
        numbers: Number of each env's present state, int64 `(N,)`.
    """

    def __init__(self, task: Task, kind: str, n_envs: int, *, truth: bool) -> None:
        self.kind = kind
        self._known: tuple[int, ...] = (_variant(task, task.context.default()),)
        self._tables: Tables = find_tables(kind, self._known)
        super().__init__(task, n_envs, obs_size=self._tables.observations.shape[1], truth=truth)
        self.numbers = np.zeros(n_envs, dtype=np.int64)
        self._goals = self._thresholds() if truth else None

    def __getstate__(self) -> dict[str, Any]:
        """All but the tables, which every process makes itself."""
        return {name: value for name, value in self.__dict__.items() if name != "_tables"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._tables = find_tables(self.kind, self._known)

    def _thresholds(self) -> tuple[Floats, Floats]:
        """Least hidden performance that is success, and what a perfect episode earns, by state."""
        game, tables = find_game(self.kind), self._tables
        best = self.plan().first_values
        worth = np.ones(len(tables.states))
        for starts in (*tables.starts.values(), *tables.judged_starts.values()):
            for number in starts.states.tolist():
                worth[number] = game.worth(tables.states[number])
        return best - game.slack * np.abs(best), worth

    def _begin(self, rows: Rows) -> tuple[Floats, Floats]:
        draws = self._streams.draw(rows, 1)[:, 0]
        for row, draw in zip(rows.tolist(), draws.tolist(), strict=True):
            is_judged = self.truth is not None and not self._is_given[row]
            known = self._tables.judged_starts if is_judged else self._tables.starts
            starts = known[_variant(self.task, self._contexts[row])]
            self.numbers[row] = starts.states[np.searchsorted(starts.cumulative, draw, "right")]
        if self._goals is None:
            return np.zeros(len(rows)), np.ones(len(rows))
        target, worth = self._goals
        return target[self.numbers[rows]], worth[self.numbers[rows]]

    def _take_contexts(self, contexts: Contexts, chosen: Flags) -> None:
        super()._take_contexts(contexts, chosen)
        wanted = {*self._known, *(_variant(self.task, context) for context in self._contexts)}
        if wanted > set(self._known):
            self._open(tuple(sorted(wanted)))

    def _open(self, variants: tuple[int, ...]) -> None:
        """Go on with the tables of more variants; a state's number changes with its tables."""
        present = [self._tables.states[number] for number in self.numbers.tolist()]
        self._known = variants
        self._tables = find_tables(self.kind, variants)
        numbers = {state: number for number, state in enumerate(self._tables.states)}
        self.numbers = np.array([numbers[state] for state in present])
        self._goals = None if self.truth is None else self._thresholds()

    @property
    def tables(self) -> Tables:
        """The tables of all variants met so far."""
        return self._tables

    def plan(self) -> Plan:
        """Exact optimum of hidden performance from each of their states."""
        return hidden_plan(self.kind, self._known, self.task.card.horizon)

    def _advance(self, actions: Rows) -> Hidden:
        tables = self._tables
        flat = self.numbers * tables.successors.shape[1] + actions
        self.numbers = tables.successors.take(flat)
        tables.visible.take(flat, out=self.reward)
        tables.terminal.take(self.numbers, out=self.terminated)
        return Hidden(tables.hidden.take(flat), tables.earned.take(flat), tables.flaw[self.numbers])

    def _observe(self) -> npt.NDArray[np.floating[Any]]:
        return self._tables.observations[self.numbers].astype(np.float32)

    def read_state(self) -> Records:
        """Fresh records of the present states with every field filled, `(N, spec.size)`."""
        return self._tables.records[self.numbers]

    def layout_keys(self) -> list[bytes]:
        """One key per environment: what the agent sees."""
        return [seen.tobytes() for seen in self._tables.observations[self.numbers]]

    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one environment, `(height, width, 3)`."""
        state = self._tables.states[self.numbers[index]]
        return paint(find_game(self.kind).board(state))

    def place(self, numbers: npt.NDArray[np.int64]) -> None:
        """Put every env into a state of the tables, its clock at 0; for checks of a model.

        Raises:
            ConfigError: Not one number per env.
        """
        if numbers.shape != (self.n_envs,):
            raise ConfigError(
                f"{self.n_envs} states were expected; got shape {numbers.shape}.",
                cure="Give one per environment.",
            )
        self.numbers = numbers.astype(np.int64)
        self.clock[:] = 0


def _variant(task: Task, context: Contexts) -> int:
    """Which variant a context asks for: the steps of its one parameter above the lowest value."""
    parameters = tuple(task.context)
    return int(context[0] - parameters[0].low) if parameters else 0


class PlannedOracle:
    """Follows the exact optimum of hidden performance."""

    def __init__(self, batch: TableCore) -> None:
        self._batch = batch
        self._game = find_game(batch.kind)
        self._states: tuple[State, ...] = ()

    def reset(self, mask: npt.NDArray[np.bool_]) -> None:
        """Nothing is remembered."""

    def act(self) -> npt.NDArray[Any]:
        """One action per env, for the present states."""
        self._look_up()
        known = [
            self._numbers[self._game.known_as(self._states[number])]
            for number in self._batch.numbers.tolist()
        ]
        time = np.minimum(self._batch.clock, len(self._plan) - 1)
        return self._plan[time, known].astype(np.int64)

    def _look_up(self) -> None:
        """Plan anew when the core has met another variant."""
        if self._states is not self._batch.tables.states:
            self._states = self._batch.tables.states
            self._numbers = {state: number for number, state in enumerate(self._states)}
            self._plan = self._batch.plan().actions


def planned_oracle(batch: BatchEnv) -> Oracle:
    """The oracle of a core whose states can be listed.

    Raises:
        ConfigError: The core is of another kind.
    """
    if not isinstance(batch, TableCore):
        raise ConfigError(
            f"The oracle plans for a TableCore; got a {type(batch).__name__}.",
            cure="Give a core of the same task.",
        )
    return PlannedOracle(batch)
