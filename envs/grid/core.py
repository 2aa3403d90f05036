"""N MiniGrid environments stepped as arrays, bit for bit those of MiniGrid by seed and actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.envs.grid.charts import build_charts
from alignenv.envs.grid.dynamics import N_ACTIONS
from alignenv.envs.grid.features import GRID_FEATURES
from alignenv.envs.grid.kernels import Journal, Outcome, Rules, open_all, step_all
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.layouts.table import find_generator, pack_params
from alignenv.envs.grid.record import Recorder, build_recorder
from alignenv.envs.grid.render import Painter
from alignenv.envs.grid.rng import seed_stream
from alignenv.envs.grid.spaces import ObsMode, build_eyes, build_space, present
from alignenv.envs.grid.world import build_geometry, build_world
from alignenv.errors import CallOrderError, ConfigError, UnknownName
from alignenv.spec import Records
from alignenv.task import Task


def _build_outcome(n_envs: int) -> Outcome:
    return Outcome(
        reward=np.zeros(n_envs),
        native=np.zeros(n_envs),
        terminated=np.zeros(n_envs, dtype=np.bool_),
        truncated=np.zeros(n_envs, dtype=np.bool_),
        ended=np.zeros(n_envs, dtype=np.bool_),
        steps=np.zeros(n_envs, dtype=np.int64),
    )


class GridCore:
    """A `BatchEnv` of grids.

    Args:
        task: What the state records are; only its card's spec is read here.
        layout: Which grids.
        n_envs: How many environments.
        obs: `symbolic` (see `alignenv.envs.grid.symbolic`), `image` (view and direction) or
            `minigrid` (MiniGrid's own dict with the mission text).
        features: Feature behind each state field whose name is not the feature's.

    Raises:
        UnknownName: An unknown layout, observation or feature.
        ConfigError: Fewer than one environment, or a field and its feature differ in size.
    """

    def __init__(
        self,
        task: Task,
        layout: GridLayout,
        n_envs: int,
        *,
        obs: ObsMode = "symbolic",
        features: Mapping[str, str] | None = None,
    ) -> None:
        if n_envs < 1:
            raise ConfigError(
                f"A batch needs at least 1 environment; got {n_envs}.", cure="Give n_envs >= 1."
            )
        self.task, self.layout, self.n_envs = task, layout, n_envs
        self.observation_space: spaces.Space[Any] = build_space(obs, layout.minigrid_id)
        self.action_space = spaces.Discrete(N_ACTIONS)
        self._generator = find_generator(layout)
        self._params = pack_params(layout, self._generator)
        self._spec = task.card.state
        self._features = dict(features or {})
        self._full_recorder = self._recorder(self._spec.offsets)
        self._begun = np.zeros(n_envs, dtype=np.bool_)
        self._ready = False
        self._painter: Painter | None = None
        self._build_arrays(obs)
        self.track(None)

    def _build_arrays(self, obs: ObsMode) -> None:
        self._geometry = build_geometry(self.layout)
        self._world = build_world(self.n_envs, self._geometry)
        self._charts = build_charts(self.n_envs, self._geometry)
        self._outcome = outcome = _build_outcome(self.n_envs)
        self.reward, self.native_reward = outcome.reward, outcome.native
        self.terminated, self.truncated = outcome.terminated, outcome.truncated
        self.steps = outcome.steps
        self._eyes, self._last_eyes = build_eyes(obs, self.n_envs), build_eyes(obs, self.n_envs)
        self.observations = present(obs, self._eyes, self._generator.mission)
        self.terminal_observations = present(obs, self._last_eyes, self._generator.mission)
        self.state, self.start = self._spec.empty(self.n_envs), self._spec.empty(self.n_envs)
        self._rules = Rules(self._generator.success, self.layout.max_steps, autoreset=False)
        self._autoreset_rules = self._rules._replace(autoreset=True)

    def _recorder(self, fields: Iterable[str]) -> Recorder:
        """What fills these fields."""
        feature_of, columns = {}, {}
        for name in fields:
            feature = self._features.get(name, name)
            if feature not in GRID_FEATURES:
                raise UnknownName.of("grid feature", feature, GRID_FEATURES)
            if self._spec[name].shape != GRID_FEATURES[feature].shape:
                raise ConfigError(
                    f"Field {name!r} is a {self._spec[name].kind}, "
                    f"but {feature!r} is a {GRID_FEATURES[feature].kind}.",
                    cure="Build the field with grid_field().",
                )
            first = self._spec.offsets[name]
            feature_of[name], columns[name] = feature, slice(first, first + self._spec[name].size)
        return build_recorder(feature_of, columns)

    def track(self, fields: Iterable[str] | None) -> None:
        """Keep these fields filled from the next `reset` or `step` on; None for none.

        Raises:
            UnknownName: The task has no such field.
        """
        recorder = self._recorder(fields or ())
        self._journal = Journal(recorder.sources.size > 0, recorder, self.state, self.start)

    def reset(
        self,
        seeds: Sequence[int | None] | None = None,
        mask: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        """Begin new episodes; a stream that was never seeded starts from fresh entropy.

        Args:
            seeds: One per environment; None continues its stream.
            mask: Which to reset, bool `(N,)`; None for all.

        Raises:
            ConfigError: Not one seed or mask value per environment, or a negative seed.
        """
        chosen = np.ones(self.n_envs, np.bool_) if mask is None else np.asarray(mask, np.bool_)
        wanted = [None] * self.n_envs if seeds is None else list(seeds)
        if chosen.shape != (self.n_envs,) or len(wanted) != self.n_envs:
            raise ConfigError(
                f"{self.n_envs} environments need {self.n_envs} seeds and mask values; "
                f"got {len(wanted)} and {chosen.size}.",
                cure="Give one per environment, or None.",
            )
        for n in np.flatnonzero(chosen):
            seed = wanted[n]
            if seed is not None and seed < 0:
                raise ConfigError(f"Seed {seed} is negative.", cure="Use seeds >= 0.")
            if seed is not None or not self._begun[n]:
                self._world.streams[n] = seed_stream(seed)
        self._begun |= chosen
        self._ready = bool(self._begun.all())
        self._begin(chosen)
        self.state[chosen] = self.start[chosen]

    def _begin(self, mask: npt.NDArray[np.bool_]) -> None:
        self._generator.begin(mask, self._world, self._geometry, self._params)
        open_all(mask, self._world, self._charts, self._geometry, self._journal, self._eyes)

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool) -> None:
        """Advance every environment by one transition.

        Args:
            actions: Whole numbers 0 to 6, `(N,)`.
            autoreset: Begin a new episode at once where one ended.

        Raises:
            CallOrderError: Some environment was never reset.
            ConfigError: Wrong shape or type, or an action out of range.
        """
        if not self._ready:
            raise CallOrderError(
                "An environment was stepped before its first reset.", cure="Call reset() first."
            )
        chosen = np.asarray(actions)
        if chosen.dtype.kind not in "iu" or chosen.shape != (self.n_envs,):
            raise ConfigError(
                f"Actions are {self.n_envs} whole numbers; "
                f"got shape {chosen.shape} of {chosen.dtype}.",
                cure="Pass an integer array with one action per environment.",
            )
        n_ended = step_all(
            np.ascontiguousarray(chosen, dtype=np.int64),
            self._autoreset_rules if autoreset else self._rules,
            self._world,
            self._charts,
            self._geometry,
            self._outcome,
            self._journal,
            self._eyes,
            self._last_eyes,
        )
        if n_ended < 0:
            raise ConfigError(
                f"Action {chosen[-1 - n_ended]} of environment {-1 - n_ended} is not in 0 to 6.",
                cure="Draw actions from the action space.",
            )
        if n_ended and autoreset:
            self._begin(self._outcome.ended)

    def read_state(self) -> Records:
        """Fresh records of the present states with every field filled, `(N, spec.size)`."""
        records = self._spec.empty(self.n_envs)
        everything = Journal(True, self._full_recorder, records, records)
        everyone = np.ones(self.n_envs, dtype=np.bool_)
        blind = build_eyes("image", 0)
        open_all(everyone, self._world, self._charts, self._geometry, everything, blind)
        return records

    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one environment by MiniGrid's renderer, `(height, width, 3)`."""
        if self._painter is None:
            self._painter = Painter(self.layout.minigrid_id, self._generator.mission)
        agent: Any = self._world.agents[index]
        return self._painter.paint(self._world.cells[index], agent, self._geometry)

    def close(self) -> None:
        """Free the renderer; safe to call twice."""
        if self._painter is not None:
            self._painter.close()
            self._painter = None
