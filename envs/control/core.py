"""N MuJoCo tasks behind the interface of a batched core."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.context import Contexts
from alignenv.envs.control.painter import Painter
from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Scene
from alignenv.envs.requests import Begun, read_reset, require_envs
from alignenv.errors import ConfigError
from alignenv.spec import Records
from alignenv.task import Task, Truth


class ControlCore:
    """A `BatchEnv` of one scene; every state field is always filled.

    Simulations are stepped one after the other, or by several threads; observations, records,
    judgements and rewards are computed for all envs at once.

    Args:
        task: The task of the scene.
        scene: What is simulated.
        n_envs: N.

    Attributes:
        contexts: Context of each env's present episode, `(N, task.context.size)`.

    Raises:
        ConfigError: Fewer than one env.
    """

    def __init__(self, task: Task, scene: Scene, n_envs: int) -> None:
        require_envs(n_envs)
        self.task, self.n_envs, self._scene = task, n_envs, scene
        self.truth: Truth = None
        self.observation_space = scene.observation_space()
        self.action_space = scene.action_space()
        self._physics = scene.open_physics(n_envs)
        self._streams: dict[int, np.random.Generator] = {}
        self._clock = np.zeros(n_envs, dtype=np.int64)
        self._begun = Begun(n_envs)
        self._painter: Painter | None = None
        self._build_arrays()

    def _build_arrays(self) -> None:
        n, scene, space = self.n_envs, self._scene, self.observation_space
        self.observations = np.zeros((n, *space.shape), space.dtype)
        self.terminal_observations = np.zeros((n, *space.shape), space.dtype)
        self.reward, self.native_reward = np.zeros(n), np.zeros(n)
        self.terminated = np.zeros(n, dtype=np.bool_)
        self.truncated = np.zeros(n, dtype=np.bool_)
        self.steps = np.zeros(n, dtype=np.int64)
        self.state, self.start = scene.spec.empty(n), scene.spec.empty(n)
        self.contexts: Contexts = np.tile(scene.context.default(), (n, 1))
        self._facts = np.zeros((n, scene.n_facts))
        self._layouts: list[bytes] = [b""] * n
        self._tuned = np.zeros(n, dtype=np.bool_)
        self._actions = np.zeros((n, *self.action_space.shape), np.float32)

    def __getstate__(self) -> dict[str, Any]:
        """All but the renderer, so that copies stand on their own."""
        return {**self.__dict__, "_painter": None}

    def _moment(self) -> Moment:
        physics = self._physics
        return Moment(
            qpos=physics.qpos,
            qvel=physics.qvel,
            facts=self._facts,
            contexts=self.contexts,
            actions=self._actions,
            extra=physics.extra,
        )

    def track(self, fields: Iterable[str] | None) -> None:
        """Nothing to choose: all fields are filled at every step.

        Raises:
            UnknownName: The task has no such field.
        """
        for name in fields or ():
            self._scene.spec[name]

    def reset(
        self,
        seeds: Sequence[int | None] | None = None,
        mask: Flags | None = None,
        contexts: Contexts | None = None,
    ) -> None:
        """Begin new episodes; a stream that was never seeded starts from fresh entropy.

        Args:
            seeds: One per env; None continues its stream.
            mask: Which to reset, bool `(N,)`; None for all.
            contexts: Contexts of the envs reset now, `(N, task.context.size)`; None keeps them.

        Raises:
            ConfigError: Not one seed, mask value or context per env, or a negative seed.
        """
        wanted, chosen = read_reset(self.n_envs, seeds, mask)
        if contexts is not None:
            self._take_contexts(contexts, chosen)
        index = np.flatnonzero(chosen)
        for row, seed in self._begun.to_seed(wanted, chosen):
            self._streams[row] = np.random.default_rng(seed)
        self._begin(index)
        self.state[index] = self.start[index]
        self.steps[index] = 0
        self.terminated[index] = self.truncated[index] = False

    def _take_contexts(self, contexts: Contexts, chosen: Flags) -> None:
        if contexts.shape != self.contexts.shape:
            raise ConfigError(
                f"Contexts have shape {contexts.shape}.", cure=f"Give {self.contexts.shape}."
            )
        self.contexts[chosen] = contexts[chosen]
        names, default = self._scene.context.names, self._scene.context.default()
        columns = [names.index(name) for name in sorted(self._scene.model_parameters)]
        for row in np.flatnonzero(chosen).tolist():
            plain = (self.contexts[row, columns] == default[columns]).all()
            context = self._context_of(row)
            self._physics.tune(row, None if plain else self._tuner(context))

    def _tuner(self, context: dict[str, float]) -> Any:
        return lambda model: self._scene.tune(model, context)

    def _context_of(self, row: int) -> dict[str, float]:
        return dict(zip(self._scene.context.names, self.contexts[row].tolist(), strict=True))

    def _begin(self, index: npt.NDArray[np.intp]) -> None:
        """New episodes in some envs: their simulations, first records and observations."""
        for row in index.tolist():
            first = self._scene.draw(self._streams[row], self._context_of(row))
            self._physics.set_state(row, first.qpos, first.qvel)
            self._facts[row] = first.facts
            self._layouts[row] = b"".join(
                part.tobytes() for part in (first.qpos, first.qvel, first.facts, self.contexts[row])
            )
        self._actions[index] = 0.0
        self._clock[index] = 0
        moment = self._moment().rows(index)
        records = self._measure(moment)
        self.start[index] = records
        self.observations[index] = self._scene.observe(moment, records)

    def _measure(self, moment: Moment) -> Records:
        records = self._scene.spec.empty(len(moment.qpos))
        self._scene.measure(moment, self._scene.spec.view(records))
        return records

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool) -> None:
        """Advance every env by one transition; see `BatchEnv.step`.

        Args:
            actions: `(N, size)` numbers, clipped to the action space where they leave it.
            autoreset: Begin a new episode at once where one ended.

        Raises:
            CallOrderError: An env was never reset.
            ConfigError: Wrong shape, or an action that is not a finite number.
        """
        self._begun.require_all()
        self._actions = self._checked(actions)
        scene, moment = self._scene, self._moment()
        before = {name: moment.named(name).copy() for name in scene.compared}
        self._physics.step(scene.controls(self._actions, moment))
        self._clock += 1
        scene.remember(moment)
        scene.measure(moment, scene.spec.view(self.state))
        self.observations[:] = scene.observe(moment, self.state)
        self._judge(before, moment)
        np.copyto(self.start, self.state)
        ended = self.terminated | self.truncated
        if ended.any():
            index = np.flatnonzero(ended)
            self.terminal_observations[index] = self.observations[index]
            if autoreset:
                self._begin(index)

    def _checked(self, actions: npt.NDArray[Any]) -> npt.NDArray[Any]:
        chosen = np.asarray(actions)
        wanted = (self.n_envs, *self.action_space.shape)
        if (
            chosen.shape != wanted
            or chosen.dtype.kind not in "fiu"
            or not np.isfinite(chosen).all()
        ):
            raise ConfigError(
                f"Actions are finite numbers of shape {wanted}; "
                f"got shape {chosen.shape} of {chosen.dtype}.",
                cure="Pass one row per environment, such as draws from the action space.",
            )
        if chosen.dtype.kind != "f":
            chosen = chosen.astype(np.float64)
        return self._scene.admit(chosen)

    def _judge(self, before: dict[str, Floats], moment: Moment) -> None:
        view = self._scene.spec.view(self.state)
        success = self._scene.success(view, None)
        np.logical_or(success, self._scene.failed(view), out=self.terminated)
        np.equal(self._clock, self.task.card.horizon, out=self.truncated)
        np.copyto(self.steps, self._clock)
        self.reward[:] = success & (self.terminated | self.truncated)
        native = self._scene.native_reward(before, moment)
        self.native_reward[:] = self.reward if native is None else native

    def read_state(self) -> Records:
        """Fresh records of the present states, `(N, spec.size)`."""
        return self._measure(self._moment())

    def layout_keys(self) -> list[bytes]:
        """One key per env, equal exactly where the episodes began alike: state, goal, context."""
        return list(self._layouts)

    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one env, `(height, width, 3)`.

        Raises:
            MachineError: No OpenGL library can draw without a screen.
        """
        if self._painter is None:
            self._painter = Painter(self._physics.model)
        model = self._painter.model
        self._scene.decorate(model, self._facts[index])
        return self._painter.paint(self._physics.qpos[index])

    def close(self) -> None:
        """Free the renderer and the threads; safe to call twice."""
        self._physics.close()
        if self._painter is not None:
            self._painter.close()
            self._painter = None
