"""The Stable-Baselines3 `VecEnv` face."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import (
    VecEnvIndices,
    VecEnvObs,
    VecEnvStepReturn,
)

from alignenv.batch import BatchEnv
from alignenv.envs.faces.contexts import read_contexts
from alignenv.envs.faces.observe import copy_batch, row_picker
from alignenv.envs.faces.rewarded import Mask, RewardedBatch
from alignenv.envs.layers.choose import program_layer
from alignenv.envs.layers.transitions import RewardLayer
from alignenv.errors import CallOrderError, ConfigError
from alignenv.spec import Records

if TYPE_CHECKING:
    from alignenv.program import Program, Runner


class BatchedVecEnv(VecEnv):
    """N envs of a task, stepped together; finished ones begin anew in the same step.

    Infos are a fresh dict per env and step, empty but for finished episodes, whose dict has
    `terminal_observation`, `TimeLimit.truncated`, `episode` (return `r` of the agent's reward,
    length `l`, seconds since the start `t`) and, for tasks without hidden truth, `success` and
    `milestones`.

    Args:
        batch: The core.
        layer: The agent's reward; None for the sparse one.
        gamma: The agent's discount factor, for potential layers.
        render_mode: `rgb_array` or None.

    Attributes:
        task: The task.
        component_names: Names of the reward's parts.
        components: Parts of the last transition's reward, float64 `(N, C)`; a buffer.
    """

    def __init__(
        self,
        batch: BatchEnv,
        layer: RewardLayer | None = None,
        *,
        gamma: float = 0.99,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = render_mode
        super().__init__(batch.n_envs, batch.observation_space, batch.action_space)
        self.task, self.gamma = batch.task, gamma
        self._batch = batch
        watched = frozenset[str]() if batch.task.has_truth else batch.task.judged_on
        self._rewarded = RewardedBatch(batch, layer, watched)
        self._pick = row_picker(batch.observation_space)
        self._returns = np.zeros(self.num_envs)
        self._actions: npt.NDArray[Any] = np.zeros(0)
        self._began = time.monotonic()
        self._is_begun = False

    @property
    def component_names(self) -> tuple[str, ...]:
        """Names of the reward's parts."""
        return self._rewarded.layer.component_names

    @property
    def components(self) -> npt.NDArray[np.float64]:
        """Parts of the last transition's reward, `(N, C)`; a buffer that the next step fills."""
        return self._rewarded.components

    @property
    def records(self) -> Records:
        """Records after the last transition, before any autoreset, `(N, spec.size)`; a buffer."""
        return self._batch.state

    @property
    def starts(self) -> Records:
        """Records at the beginning of the next transition, `(N, spec.size)`; a buffer."""
        return self._batch.start

    def watch(self, fields: tuple[str, ...]) -> None:
        """Keep these fields of the records filled; the next call must be `reset`."""
        self._rewarded.watch(fields)
        self._is_begun = False

    def use_program(
        self, program: Program, runner: Runner | None = None, layer: str | None = None
    ) -> None:
        """Pay by this program; the next call must be `reset`.

        Args:
            program: The program.
            runner: The program as already loaded; None loads it.
            layer: How it is used; see `alignenv.envs.layers.choose.choose_reward`.

        Raises:
            UnknownName: No such layer.
            ConfigError: The layer does not fit the program.
        """
        chosen = program_layer(program, runner or program.load(), layer, self.gamma)
        self._rewarded.use(chosen)
        self._is_begun = False

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        """Seed env i with `seed + i` at the next reset only; None lets the streams go on."""
        n = self.num_envs
        self._seeds = [None] * n if seed is None else [seed + index for index in range(n)]
        return self._seeds

    def reset(self) -> VecEnvObs:
        """Begin new episodes everywhere.

        Contexts come from `set_options({"context": ...})`: of all envs, or of none.

        Raises:
            UnknownName: A name is not a context parameter.
            ConfigError: A context value is out of range, or some envs have none.
        """
        given = [options.get("context") for options in self._options]
        contexts = None
        if any(one is not None for one in given):
            contexts = read_contexts(self.task, {"context": given}, self.num_envs)
        self._batch.reset(self._seeds, contexts=contexts)
        self._reset_seeds()
        self._reset_options()
        self._returns[:] = 0.0
        self._is_begun = True
        self.reset_infos = [{} for _ in range(self.num_envs)]
        return copy_batch(self._batch.observations)

    def step_async(self, actions: npt.NDArray[Any]) -> None:
        """Note the actions of the next `step_wait`."""
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        """Advance every env by one transition.

        Raises:
            CallOrderError: There was no reset since the env was made or its reward was changed.
            ValueFault: The reward program gave no usable number.
        """
        if not self._is_begun:
            raise CallOrderError("The env is new, or has a new reward.", cure="Call reset() first.")
        batch, rewarded = self._batch, self._rewarded
        rewarded.step(self._actions, autoreset=True)
        self._returns += rewarded.rewards
        done = batch.terminated | batch.truncated
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        if done.any():
            self._finish(done, infos)
        rewards = rewarded.rewards.astype(np.float32)
        return copy_batch(batch.observations), rewards, done, infos

    def _finish(self, done: Mask, infos: list[dict[str, Any]]) -> None:
        batch, task = self._batch, self.task
        seconds = round(time.monotonic() - self._began, 6)
        rows = np.flatnonzero(done)
        for index in rows.tolist():
            infos[index] = {
                "terminal_observation": self._pick(batch.terminal_observations, index),
                "TimeLimit.truncated": bool(batch.truncated[index] and not batch.terminated[index]),
                "episode": {
                    "r": float(self._returns[index]),
                    "l": int(batch.steps[index]),
                    "t": seconds,
                },
            }
            self.reset_infos[index] = {}
        if not task.has_truth:
            progress = task.progress(batch.state[rows]).tolist()
            for index, milestones in zip(rows.tolist(), progress, strict=True):
                infos[index]["success"] = bool(batch.reward[index] > 0)
                infos[index]["milestones"] = milestones
        self._returns[done] = 0.0

    def close(self) -> None:
        """Free the core."""
        self._batch.close()

    def get_images(self) -> Sequence[npt.NDArray[np.uint8] | None]:
        """One picture per env, `(height, width, 3)` each."""
        return [self._batch.render(index) for index in range(self.num_envs)]

    def get_attr(self, attr_name: str, indices: VecEnvIndices = None) -> list[Any]:
        """The attribute, once per env: all envs share their attributes."""
        return [getattr(self, attr_name) for _ in self._get_indices(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: VecEnvIndices = None) -> None:
        """Set an attribute that exists, for all envs at once.

        Raises:
            AttributeError: There is no such attribute.
            ConfigError: Only some envs were chosen.
        """
        getattr(self, attr_name)
        self._require_all(indices)
        setattr(self, attr_name, value)

    def env_method(
        self,
        method_name: str,
        *method_args: Any,
        indices: VecEnvIndices = None,
        **method_kwargs: Any,
    ) -> list[Any]:
        """Call a method; `render` per env, any other once for all envs.

        Raises:
            AttributeError: There is no such method.
            ConfigError: Only some envs were chosen, for a method other than `render`.
        """
        if method_name == "render":
            return [self._batch.render(index) for index in self._get_indices(indices)]
        self._require_all(indices)
        result = getattr(self, method_name)(*method_args, **method_kwargs)
        return [result] * self.num_envs

    def env_is_wrapped(
        self, wrapper_class: type[gym.Wrapper[Any, Any, Any, Any]], indices: VecEnvIndices = None
    ) -> list[bool]:
        """True for SB3's Monitor, whose episode statistics the infos carry; else False."""
        return [wrapper_class is Monitor for _ in self._get_indices(indices)]

    def _require_all(self, indices: VecEnvIndices) -> None:
        if indices is not None and len(set(self._get_indices(indices))) != self.num_envs:
            raise ConfigError(
                f"Only envs {indices} were chosen, but all envs share attributes and methods.",
                cure="Leave out `indices`.",
            )
