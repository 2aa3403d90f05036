"""What all hazard cores share: seeds, contexts, records, hidden records, and the step's order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.context import Contexts
from alignenv.envs.hazard.sheet import TRUTH
from alignenv.envs.hazard.streams import Rows, Streams
from alignenv.envs.requests import Begun, read_choices, read_reset, require_envs
from alignenv.errors import ConfigError, UnknownName
from alignenv.spec import Records
from alignenv.task import Task, Truth

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Hidden(NamedTuple):
    """What a transition did to what was meant, each `(N,)`.

    Attributes:
        gain: Hidden performance gained.
        earned: The same without the cost of time.
        flaw: Whether something forbidden holds now.
    """

    gain: Floats
    earned: Floats
    flaw: Flags


class HazardCore(ABC):
    """A `BatchEnv` of one hazard.

    Args:
        task: The task.
        n_envs: How many environments.
        obs_size: Length of the observation vector.
        truth: Whether to fill the hidden record.

    Raises:
        ConfigError: Fewer than one environment.
    """

    def __init__(self, task: Task, n_envs: int, *, obs_size: int, truth: bool) -> None:
        require_envs(n_envs)
        self.task, self.n_envs = task, n_envs
        self.observation_space: spaces.Space[Any] = spaces.Box(
            -1.0, 1.0, (obs_size,), dtype=np.float32
        )
        self.action_space: spaces.Space[Any] = spaces.Discrete(task.card.action.n)
        self.observations = np.zeros((n_envs, obs_size), dtype=np.float32)
        self.terminal_observations = np.zeros((n_envs, obs_size), dtype=np.float32)
        self.reward, self.native_reward = np.zeros(n_envs), np.zeros(n_envs)
        self.terminated, self.truncated = np.zeros((2, n_envs), dtype=np.bool_)
        self.steps = np.zeros(n_envs, dtype=np.int64)
        spec = task.card.state
        self.state, self.start = spec.empty(n_envs), spec.empty(n_envs)
        self.truth: Truth = np.zeros(n_envs, dtype=TRUTH) if truth else None
        self.clock = np.zeros(n_envs, dtype=np.int64)
        self._totals = np.zeros(n_envs, dtype=TRUTH)
        self._streams = Streams(n_envs)
        self._rows: Rows = np.arange(n_envs)
        self._contexts = np.tile(task.context.default(), (n_envs, 1))
        self._is_given = np.zeros(n_envs, dtype=np.bool_)
        self._begun = Begun(n_envs)
        self._is_tracked = False

    @abstractmethod
    def _begin(self, rows: Rows) -> tuple[Floats, Floats]:
        """Begin episodes in these envs; the target and worth of each, `(len(rows),)`."""

    @abstractmethod
    def _advance(self, actions: Rows) -> Hidden:
        """One transition everywhere: fills `reward` and `terminated`."""

    @abstractmethod
    def _observe(self) -> npt.NDArray[np.floating[Any]]:
        """Present observations, `(N, obs_size)`."""

    @abstractmethod
    def read_state(self) -> Records:
        """Fresh records of the present states with every field filled, `(N, spec.size)`."""

    @abstractmethod
    def layout_keys(self) -> list[bytes]:
        """One key per env, equal exactly where what an agent may see of the start is."""

    @abstractmethod
    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one env, `(height, width, 3)`."""

    def track(self, fields: Iterable[str] | None) -> None:
        """Keep records filled from the next `reset` or `step` on; None for none.

        Raises:
            UnknownName: The task has no such field.
        """
        wanted = list(fields or ())
        for name in wanted:
            if name not in self.task.card.state:
                raise UnknownName.of("state field", name, self.task.card.state.offsets)
        self._is_tracked = bool(wanted)

    def reset(
        self,
        seeds: Sequence[int | None] | None = None,
        mask: Flags | None = None,
        contexts: Contexts | None = None,
    ) -> None:
        """Begin new episodes; a stream that was never seeded starts from fresh entropy.

        Args:
            seeds: One per environment; None continues its stream.
            mask: Which to reset, bool `(N,)`; None for all.
            contexts: Checked contexts, `(N, task.context.size)`; None keeps what each env has.

        Raises:
            ConfigError: Not one seed, mask value or context per environment, or a negative seed.
        """
        wanted, chosen = read_reset(self.n_envs, seeds, mask)
        for n, seed in self._begun.to_seed(wanted, chosen):
            self._streams.seed(n, seed)
        if contexts is not None:
            self._take_contexts(contexts, chosen)
        self._start_episodes(chosen)
        self.observations[:] = self._observe()
        if self._is_tracked:
            self.start[:] = self.read_state()
            self.state[chosen] = self.start[chosen]
        if self.truth is not None:
            self.truth[chosen] = self._totals[chosen]

    def _take_contexts(self, contexts: Contexts, chosen: Flags) -> None:
        if contexts.shape != self._contexts.shape:
            raise ConfigError(
                f"Contexts have shape {contexts.shape}; {self._contexts.shape} was expected.",
                cure="Give one context per environment.",
            )
        self._contexts[chosen] = contexts[chosen]
        self._is_given |= chosen

    def _start_episodes(self, chosen: Flags) -> None:
        rows = np.flatnonzero(chosen)
        self.clock[rows] = 0
        target, worth = self._begin(rows)
        self._totals[rows] = np.zeros((), dtype=TRUTH)
        self._totals["target"][rows], self._totals["worth"][rows] = target, worth

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool) -> None:
        """Advance every environment by one transition.

        Args:
            actions: Whole numbers below `task.card.action.n`, `(N,)`.
            autoreset: Begin a new episode at once where one ended.

        Raises:
            CallOrderError: Some environment was never reset.
            ConfigError: Wrong shape or type, or an action out of range.
        """
        chosen = self._check(actions)
        self.clock += 1
        hidden = self._advance(chosen)
        self.native_reward[:] = self.reward
        self.steps[:] = self.clock
        self.truncated[:] = self.clock >= self.task.card.horizon
        ended = self.terminated | self.truncated
        if self.truth is not None:
            self._account(hidden, ended)
        if self._is_tracked:
            self.state[:] = self.read_state()
        seen = self._observe()
        if ended.any():
            self.terminal_observations[ended] = seen[ended]
            if autoreset:
                self._start_episodes(ended)
                seen = self._observe()
        self.observations[:] = seen
        if self._is_tracked:
            self.start[:] = self.read_state() if autoreset and ended.any() else self.state

    def _check(self, actions: npt.NDArray[Any]) -> Rows:
        self._begun.require_all()
        chosen = read_choices(self.n_envs, actions)
        n_actions = self.task.card.action.n
        if chosen.min() < 0 or chosen.max() >= n_actions:
            raise ConfigError(
                f"Actions go from 0 to {n_actions - 1}; got {chosen.min()} to {chosen.max()}.",
                cure="Take actions from the action space.",
            )
        return chosen

    def _account(self, hidden: Hidden, ended: Flags) -> None:
        totals = self._totals
        totals["performance"] += hidden.gain
        totals["earned"] += hidden.earned
        totals["flaw"] = hidden.flaw
        totals["over"] = ended
        assert self.truth is not None, "the caller checked"
        self.truth[:] = totals

    def close(self) -> None:  # noqa: B027 - not every core holds something
        """Nothing is held; safe to call twice."""
