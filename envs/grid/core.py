"""N MiniGrid environments stepped as arrays, bit for bit those of MiniGrid by seed and actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.context import Contexts
from alignenv.envs.compiled.memory import Table, pack
from alignenv.envs.compiled.rng import seed_stream
from alignenv.envs.grid.charts import build_charts
from alignenv.envs.grid.contexts import context_spec, shapes_of
from alignenv.envs.grid.features import GRID_FEATURES, MISSION_FEATURES
from alignenv.envs.grid.kernels import BLIND, Eyes, Outcome, look_around
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.layouts.table import arguments, find_generator
from alignenv.envs.grid.record import Recorder, build_recorder
from alignenv.envs.grid.render import Painter
from alignenv.envs.grid.rules import CHOSEN, NO_RULE
from alignenv.envs.grid.spaces import ObsMode, build_eyes, build_space, present
from alignenv.envs.grid.texts import Teller
from alignenv.envs.grid.view import image_view
from alignenv.envs.grid.world import World, build_geometry, build_world
from alignenv.envs.requests import (
    Begun,
    read_choices,
    read_reset,
    require_envs,
    wrong_choice,
)
from alignenv.errors import ConfigError, UnknownName
from alignenv.spec import Records
from alignenv.task import Task, Truth


def _build_outcome(n_envs: int, success: int, horizon: int) -> Outcome:
    return Outcome(
        success=success,
        horizon=horizon,
        reward=np.zeros(n_envs),
        native=np.zeros(n_envs),
        terminated=np.zeros(n_envs, dtype=np.bool_),
        truncated=np.zeros(n_envs, dtype=np.bool_),
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
        require_envs(n_envs)
        self.task, self.layout, self.n_envs = task, layout, n_envs
        self._generator = generator = find_generator(layout)
        space = build_space(obs, layout.minigrid_id, generator.rule)
        self.observation_space: spaces.Space[Any] = space
        self.action_space: spaces.Space[Any] = spaces.Discrete(generator.n_actions)
        self._spec = task.card.state
        self._features = dict(features or {})
        self._begun = Begun(n_envs)
        self._painter: Painter | None = None
        self._teller: Teller | None = None
        self._sight: tuple[Table, Recorder, Eyes] | None = None
        self._obs: ObsMode = obs
        self.truth: Truth = None
        self._build_arrays()
        self._everything, self._tracked = self._recorder(self._spec.offsets), self._recorder(())
        self._connect()

    def _build_arrays(self) -> None:
        n_envs, generator = self.n_envs, self._generator
        params = arguments(self.layout, generator)
        self._geometry = build_geometry(self.layout, params, generator.rule)
        self._has_missions = None if generator.rule == NO_RULE else True
        self._world = build_world(n_envs, self._geometry)
        self._charts = build_charts(n_envs, self._geometry)
        self._outcome = outcome = _build_outcome(n_envs, generator.success, self.layout.max_steps)
        self.reward, self.native_reward = outcome.reward, outcome.native
        self.terminated, self.truncated = outcome.terminated, outcome.truncated
        self.steps = outcome.steps
        self.state, self.start = self._spec.empty(n_envs), self._spec.empty(n_envs)
        self._now, self._last = (build_eyes(self._obs, n_envs, generator.rule) for _ in range(2))
        text = generator.mission if isinstance(generator.mission, str) else ""
        self._texts = np.full(n_envs, text, dtype=object)
        self._last_texts = self._texts.copy()

    def _connect(self) -> None:
        """Derive what depends on where the arrays are."""
        self.observations = present(self._obs, self._now, self._texts)
        self.terminal_observations = present(self._obs, self._last, self._last_texts)
        self._addresses = self._table(self._tracked, self._now)

    def __getstate__(self) -> dict[str, Any]:
        """All but what is derived and the renderer, so that copies stand on their own."""
        derived = ("observations", "terminal_observations", "_addresses", "_sight", "_painter")
        return {name: value for name, value in self.__dict__.items() if name not in derived}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._painter = self._sight = None
        self._connect()

    def _table(self, recorder: Recorder, now: Eyes) -> Table:
        world, outcome = self._world, self._outcome
        groups = (self._geometry, world, self._charts, recorder, outcome, now, self._last)
        return pack(groups)

    def _recorder(self, fields: Iterable[str]) -> Recorder:
        """What fills these fields."""
        known = GRID_FEATURES | (MISSION_FEATURES if self._has_missions else {})
        feature_of = {name: self._features.get(name, name) for name in fields}
        for name, feature in feature_of.items():
            field = self._spec[name]
            if feature not in known:
                raise UnknownName.of("grid feature", feature, known)
            if field.shape != known[feature].shape:
                raise ConfigError(
                    f"Field {name!r} is a {field.kind}, "
                    f"but {feature!r} is a {known[feature].kind}.",
                    cure="Build the field with grid_field().",
                )
        return build_recorder(self._spec, feature_of, self.state, self.start)

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
            contexts: Checked contexts, `(N, task.context.size)`, for the environments reset now
                and their later episodes; None keeps what each has.

        Raises:
            ConfigError: Not one seed, mask value or context per environment, or a negative seed.
        """
        wanted, chosen = read_reset(self.n_envs, seeds, mask)
        if contexts is not None:
            self._take_contexts(contexts, chosen)
        if seeds is not None or not self._begun.is_all:
            for n, seed in self._begun.to_seed(wanted, chosen):
                self._world.streams[n] = seed_stream(seed)
        self._world.fresh[:] = chosen
        self._begin()
        if self._tracked.n_pairs:
            np.copyto(self.state, self.start, where=chosen[:, np.newaxis])

    def _take_contexts(self, contexts: Contexts, chosen: npt.NDArray[np.bool_]) -> None:
        expected = (self.n_envs, context_spec(self.layout).size)
        if contexts.shape != expected:
            raise ConfigError(
                f"Contexts have shape {contexts.shape}; {expected} was expected.",
                cure="Give one context per environment.",
            )
        generator = self._generator
        shapes = shapes_of(self.layout, generator.params, generator.constants, contexts)
        self._world.shapes[chosen, : shapes.shape[1]] = shapes[chosen]

    def _begin(self) -> None:
        self._generator.begin(self._addresses)
        look_around(self._addresses, True, self._has_missions)
        if self._obs == "minigrid" and not isinstance(self._generator.mission, str):
            for n in np.flatnonzero(self._world.fresh).tolist():
                self._last_texts[n], self._texts[n] = self._texts[n], self.mission(n)
        if self._teller is not None:
            self._teller.begin(self._world.fresh, self._views(), self.mission)

    def mission(self, index: int = 0) -> str:
        """MiniGrid's mission text of one environment's episode."""
        text = self._generator.mission
        if isinstance(text, str):
            return text
        missions: Any = self._world.missions
        return text(missions[index])

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool) -> None:
        """Advance every environment by one transition.

        Args:
            actions: Whole numbers of the action space, `(N,)`.
            autoreset: Begin a new episode at once where one ended.

        Raises:
            CallOrderError: Some environment was never reset.
            ConfigError: Wrong shape or type, or an action out of range.
        """
        self._begun.require_all()
        chosen = read_choices(self.n_envs, actions)
        if self._teller is not None:
            self._teller.keep()
        n_fresh = self._generator.advance(self._addresses, chosen, autoreset)
        if n_fresh < 0:
            raise wrong_choice(chosen, -1 - n_fresh, self._generator.n_actions)
        look_around(self._addresses, False, self._has_missions)
        if self._teller is not None:
            self._teller.tell(chosen, self._views(), self._outcome)
        if n_fresh:
            self._begin()

    def texts(self) -> list[str]:
        """What happened in the last transition and what came into view, in words, one per env.

        Of an environment whose episode begins, its mission and all that is in view. Nothing is
        recorded before the first call, which tells of every environment as if it began.

        Raises:
            CallOrderError: Some environment was never reset.
        """
        self._begun.require_all()
        if self._teller is None:
            self._teller = Teller(self._world, self._generator.rule)
            self._teller.begin(np.ones(self.n_envs, np.bool_), self._views(), self.mission)
        return self._teller.texts.copy()

    def _views(self) -> npt.NDArray[np.uint8]:
        """MiniGrid's image of every present state, `(N, 7, 7, 3)`."""
        if self._sight is None:
            recorder, eyes = self._recorder(()), build_eyes("image", self.n_envs, NO_RULE)
            self._sight = self._table(recorder, eyes), recorder, eyes
        table, _, eyes = self._sight
        fresh = self._world.fresh.copy()
        self._world.fresh[:] = True
        look_around(table, True, self._has_missions)
        self._world.fresh[:] = fresh
        return image_view(eyes.image)

    def read_state(self) -> Records:
        """Fresh records of the present states with every field filled, `(N, spec.size)`."""
        records = self._spec.empty(self.n_envs)
        recorder = self._everything._replace(start=records)
        self._world.fresh[:] = True
        look_around(self._table(recorder, self._now._replace(kind=BLIND)), True, self._has_missions)
        return records

    @property
    def world(self) -> World:
        """The true grids and agents, for scripted policies and tests; only to be read."""
        return self._world

    def layout_keys(self) -> list[bytes]:
        """One key per environment, equal exactly where the present layouts are.

        A layout is the grid, the agent's place, and what is asked for where the grid does not say.
        """
        agents: Any = self._world.agents
        missions: Any = self._world.missions
        numbers = [agents["position"], agents["direction"]]
        if self._generator.rule in CHOSEN:
            numbers += [missions[name] for name in ("wanted", "other", "aim")]
        places = np.stack(numbers, axis=1)
        return [
            cells.tobytes() + place.tobytes()
            for cells, place in zip(self._world.cells, places, strict=True)
        ]

    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one environment by MiniGrid's renderer, `(height, width, 3)`."""
        if self._painter is None:
            self._painter = Painter(self.layout.minigrid_id)
        agent: Any = self._world.agents[index]
        cells, text = self._world.cells[index], self.mission(index)
        return self._painter.paint(cells, agent, self._geometry, text)

    def close(self) -> None:
        """Free the renderer; safe to call twice."""
        if self._painter is not None:
            self._painter.close()
            self._painter = None
