"""N forms stepped as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.batch import Observations
from alignenv.context import Contexts
from alignenv.envs.compiled.rng import STREAM_SIZE, seed_stream
from alignenv.envs.form.kernels import (
    SYMBOLIC_SIZE,
    Outcome,
    advance,
    begin,
    look,
    note,
)
from alignenv.envs.form.page import N_ACTIONS, build_forms, instruction
from alignenv.envs.form.rows import FormWorld
from alignenv.envs.form.sheet import PAGE_FEATURES, draw_sheet
from alignenv.envs.requests import (
    Begun,
    read_choices,
    read_reset,
    require_envs,
    wrong_choice,
)
from alignenv.errors import UnknownName
from alignenv.spec import Records
from alignenv.task import Task, Truth

OBSERVATIONS = ("symbolic", "page")


class FormCore:
    """A `BatchEnv` of forms.

    Args:
        task: The task; its record is that of `alignenv.envs.form.tasks`.
        world: Sizes.
        n_envs: How many environments.
        obs: `symbolic`, 32 numbers about the focused element and the line being read, or `page`,
            every element as a row of numbers, for networks that read sets.

    Attributes:
        forms: The forms as they stand.

    Raises:
        UnknownName: An unknown observation.
        ConfigError: Fewer than one environment.
    """

    def __init__(self, task: Task, world: FormWorld, n_envs: int, *, obs: str = "symbolic") -> None:
        require_envs(n_envs)
        if obs not in OBSERVATIONS:
            raise UnknownName.of("observation", obs, OBSERVATIONS)
        self.task, self.world, self.n_envs, self._obs = task, world, n_envs, obs
        shape = (SYMBOLIC_SIZE,) if obs == "symbolic" else (world.capacity, PAGE_FEATURES)
        self.observation_space: spaces.Space[Any] = spaces.Box(-1.0, 1.0, shape, np.float32)
        self.action_space: spaces.Space[Any] = spaces.Discrete(N_ACTIONS)
        self.forms = build_forms(n_envs, world.capacity, world.elements)
        self._seen = np.zeros((n_envs, *shape), dtype=np.float32)
        self._last = np.zeros((n_envs, *shape), dtype=np.float32)
        self.observations: Observations = self._seen
        self.terminal_observations: Observations = self._last
        self.reward, self.native_reward = np.zeros(n_envs), np.zeros(n_envs)
        self.terminated, self.truncated = np.zeros((2, n_envs), dtype=np.bool_)
        self.steps = np.zeros(n_envs, dtype=np.int64)
        self.state, self.start = task.card.state.empty(n_envs), task.card.state.empty(n_envs)
        self.truth: Truth = None
        self._streams = np.zeros((n_envs, STREAM_SIZE), dtype=np.uint64)
        self._mix = np.zeros(world.capacity, dtype=np.int64)
        self._contexts = np.tile(task.context.default(), (n_envs, 1))
        self._begun = Begun(n_envs)
        self._over = np.zeros(n_envs, dtype=np.bool_)
        self._every = np.ones(n_envs, dtype=np.bool_)
        self._is_tracked = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.observations, self.terminal_observations = self._seen, self._last

    def track(self, fields: Iterable[str] | None) -> None:
        """Keep records filled from the next `reset` or `step` on; None for none.

        Raises:
            UnknownName: The task has no such field.
        """
        wanted, offsets = list(fields or ()), self.task.card.state.offsets
        for name in wanted:
            if name not in offsets:
                raise UnknownName.of("state field", name, offsets)
        self._is_tracked = bool(wanted)

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
            contexts: Checked contexts, `(N, 3)`, kept for later episodes; None keeps what each
                environment has.

        Raises:
            ConfigError: Not one seed or mask value per environment, or a negative seed.
        """
        wanted, chosen = read_reset(self.n_envs, seeds, mask)
        for n, seed in self._begun.to_seed(wanted, chosen):
            self._streams[n] = seed_stream(seed)
        if contexts is not None:
            self._contexts[chosen] = contexts[chosen]
        self._begin(chosen)
        if self._is_tracked:
            self.state[chosen] = self.start[chosen]

    def _begin(self, chosen: npt.NDArray[np.bool_]) -> None:
        begin(self.forms, self._streams, self._contexts, chosen, self._mix)
        self._look(chosen)
        if self._is_tracked:
            note(self.forms, chosen, self.start)

    def _look(self, chosen: npt.NDArray[np.bool_]) -> None:
        if self._obs == "symbolic":
            look(self.forms, chosen, self._seen)
        else:
            draw_sheet(self.forms, chosen, self._seen)

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool) -> None:
        """Advance every environment by one transition.

        Args:
            actions: Whole numbers 0 to 7, `(N,)`.
            autoreset: Begin a new episode at once where one ended.

        Raises:
            CallOrderError: Some environment was never reset.
            ConfigError: Wrong shape or type, or an action out of range.
        """
        self._begun.require_all()
        chosen = read_choices(self.n_envs, actions)
        outcome = Outcome(self.reward, self.terminated, self.truncated, self.steps)
        n_over = advance(self.forms, chosen, self.task.card.horizon, outcome, self._over)
        if n_over < 0:
            raise wrong_choice(chosen, -1 - n_over, N_ACTIONS)
        np.copyto(self.native_reward, self.reward)
        self._look(self._every)
        if self._is_tracked:
            note(self.forms, self._every, self.state)
            np.copyto(self.start, self.state)
        if n_over and autoreset:
            self._last[self._over] = self._seen[self._over]
            self._begin(self._over)

    def read_state(self) -> Records:
        """Fresh records of the present states with every field filled, `(N, spec.size)`."""
        records = self.task.card.state.empty(self.n_envs)
        note(self.forms, self._every, records)
        return records

    def texts(self) -> list[str]:
        """Each environment's instruction, a sentence per line."""
        return ["\n".join(instruction(self.forms, n)) for n in range(self.n_envs)]

    def layout_keys(self) -> list[bytes]:
        """One key per environment, equal exactly where pages and instructions are."""
        forms, keys = self.forms, []
        for n in range(self.n_envs):
            page = slice(0, int(forms.size[n]))
            parts = (forms.kind, forms.value, forms.goal, forms.line_of)
            rows = [forms.alphabet[n : n + 1], *(part[n, page] for part in parts)]
            keys.append(b"".join(row.astype("<i2").tobytes() for row in rows))
        return keys

    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one form with its instruction, `(height, width, 3)`."""
        from alignenv.envs.form.painter import paint

        return paint(self.forms, index)

    def close(self) -> None:
        """Nothing is held; safe to call twice."""
