"""N craft worlds stepped as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.context import Contexts
from alignenv.envs.compiled.memory import Table, pack
from alignenv.envs.compiled.rng import seed_stream
from alignenv.envs.craft.dynamics import N_ACTIONS
from alignenv.envs.craft.generate import begin
from alignenv.envs.craft.goals import GOALS
from alignenv.envs.craft.kernels import Outcome, advance, look_around
from alignenv.envs.craft.layout import PARAMETERS, CraftLayout
from alignenv.envs.craft.record import Recorder, build_recorder
from alignenv.envs.craft.render import paint
from alignenv.envs.craft.spaces import BLIND, Eyes, ObsMode, build_eyes, build_space, present
from alignenv.envs.craft.texts import tell
from alignenv.envs.craft.world import World, build_world
from alignenv.envs.requests import (
    Begun,
    read_choices,
    read_reset,
    require_envs,
    wrong_choice,
)
from alignenv.spec import Records
from alignenv.task import Task, Truth


class CraftCore:
    """A `BatchEnv` of craft worlds.

    Args:
        task: What the state records and the contexts are.
        layout: Which worlds.
        n_envs: How many environments.
        obs: `symbolic` (see `alignenv.envs.craft.symbolic`) or `image` (the cells in sight and
            what the agent has, as codes).

    Attributes:
        world: The arrays of the worlds, for oracles, tests and pictures.

    Raises:
        UnknownName: An unknown observation.
        ConfigError: Fewer than one environment.
    """

    def __init__(
        self, task: Task, layout: CraftLayout, n_envs: int, *, obs: ObsMode = "symbolic"
    ) -> None:
        require_envs(n_envs)
        self.task, self.layout, self.n_envs = task, layout, n_envs
        self.observation_space: spaces.Space[Any] = build_space(obs)
        self.action_space: spaces.Space[Any] = spaces.Discrete(N_ACTIONS)
        self.truth: Truth = None
        self._spec = task.card.state
        self._obs: ObsMode = obs
        self._begun = Begun(n_envs)
        self._build_arrays()
        self._everything, self._tracked = self._recorder(self._spec.offsets), self._recorder(())
        self._connect()

    def _build_arrays(self) -> None:
        n_envs = self.n_envs
        self.world: World = build_world(n_envs)
        self.world.params[:] = [self.layout.params.get(name, 0) for name in PARAMETERS]
        self._varied = np.array(
            [PARAMETERS.index(name) for name in self.task.context.names], dtype=np.int64
        )
        self._goal = GOALS[self.layout.kind]
        self.reward, self.native_reward = np.zeros(n_envs), np.zeros(n_envs)
        self.terminated, self.truncated = np.zeros((2, n_envs), dtype=np.bool_)
        self.steps = np.zeros(n_envs, dtype=np.int64)
        self.state, self.start = self._spec.empty(n_envs), self._spec.empty(n_envs)
        self._now, self._last = (build_eyes(self._obs, n_envs) for _ in range(2))

    def _connect(self) -> None:
        """Derive what depends on where the arrays are."""
        self.native_reward = self.reward
        self.observations = present(self._now)
        self.terminal_observations = present(self._last)
        self._addresses = self._table(self._tracked, self._now)

    def __getstate__(self) -> dict[str, Any]:
        """All but what `_connect` derives, so that copies stand on their own."""
        derived = ("observations", "terminal_observations", "native_reward", "_addresses")
        return {name: value for name, value in self.__dict__.items() if name not in derived}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._connect()

    def _table(self, recorder: Recorder, now: Eyes) -> Table:
        outcome = Outcome(
            goal=self._goal,
            horizon=self.task.card.horizon,
            reward=self.reward,
            terminated=self.terminated,
            truncated=self.truncated,
            steps=self.steps,
        )
        return pack((self.world, recorder, outcome, now, self._last))

    def _recorder(self, fields: Iterable[str]) -> Recorder:
        return build_recorder(self._spec, fields, self.state, self.start)

    def track(self, fields: Iterable[str] | None) -> None:
        """Keep these fields filled from the next `reset` or `step` on; None for none.

        Raises:
            UnknownName: The task has no such field.
        """
        self._tracked = self._recorder(fields or ())
        self._addresses = self._table(self._tracked, self._now)

    def reset(
        self,
        seeds: Sequence[int | None] | None = None,
        mask: npt.NDArray[np.bool_] | None = None,
        contexts: Contexts | None = None,
    ) -> None:
        """Begin new episodes; a stream that was never seeded starts from fresh entropy.

        Args:
            seeds: One per environment; None continues its stream.
            mask: Which to reset, bool `(N,)`; None for all.
            contexts: Checked contexts, `(N, task.context.size)`, kept for later episodes; None
                keeps what each environment has.

        Raises:
            ConfigError: Not one seed or mask value per environment, or a negative seed.
        """
        wanted, chosen = read_reset(self.n_envs, seeds, mask)
        if contexts is not None:
            rows = np.flatnonzero(chosen)
            self.world.params[np.ix_(rows, self._varied)] = contexts[rows]
        if seeds is not None or not self._begun.is_all:
            for n, seed in self._begun.to_seed(wanted, chosen):
                self.world.streams[n] = seed_stream(seed)
        self.world.fresh[:] = chosen
        self._begin()
        if self._tracked.n_pairs:
            np.copyto(self.state, self.start, where=chosen[:, np.newaxis])

    def _begin(self) -> None:
        begin(self._addresses, self._goal)
        look_around(self._addresses, True)

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool) -> None:
        """Advance every environment by one transition.

        Args:
            actions: Whole numbers 0 to 10, `(N,)`.
            autoreset: Begin a new episode at once where one ended.

        Raises:
            CallOrderError: Some environment was never reset.
            ConfigError: Wrong shape or type, or an action out of range.
        """
        self._begun.require_all()
        chosen = read_choices(self.n_envs, actions)
        n_fresh = advance(self._addresses, chosen, autoreset)
        if n_fresh < 0:
            raise wrong_choice(chosen, -1 - n_fresh, N_ACTIONS)
        look_around(self._addresses, False)
        if n_fresh:
            self._begin()

    def read_state(self) -> Records:
        """Fresh records of the present states with every field filled, `(N, spec.size)`."""
        records = self._spec.empty(self.n_envs)
        recorder = self._everything._replace(start=records)
        self.world.fresh[:] = True
        look_around(self._table(recorder, self._now._replace(kind=BLIND)), True)
        return records

    def texts(self) -> list[str]:
        """What happened in the last transition, a sentence per environment.

        Of an environment that begins anew, it is what happened before.
        """
        return [tell(self.task.card.state, record) for record in self.state]

    def layout_keys(self) -> list[bytes]:
        """One key per environment, equal exactly where world, places and tools are."""
        agents: Any = self.world.agents
        pairs = zip(self.world.cells, self.world.rims, agents, strict=True)
        return [
            cells.tobytes()
            + rims.tobytes()
            + bytes([int(one["tier"])])
            + int(one["position"]).to_bytes(2, "little")
            for cells, rims, one in pairs
        ]

    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one world, `(height, width, 3)`; what was not seen yet is dim."""
        agents: Any = self.world.agents
        return paint(self.world.cells[index], self.world.seen[index], agents[index])

    def close(self) -> None:
        """Nothing is held; safe to call twice."""
