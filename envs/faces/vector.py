"""The `gymnasium.vector.VectorEnv` face: what `gym.make_vec` returns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from alignenv.batch import BatchEnv
from alignenv.envs.faces.contexts import read_contexts
from alignenv.envs.faces.infos import (
    final_observations,
    group,
    state_infos,
    success_infos,
    transition_infos,
)
from alignenv.envs.faces.observe import vector_copier
from alignenv.envs.faces.rewarded import Mask, RewardedBatch
from alignenv.envs.faces.single import SingleEnv
from alignenv.envs.faces.texts import text_source
from alignenv.envs.layers.choose import choose_reward
from alignenv.envs.make import EnvRef, open_batch
from alignenv.errors import CallOrderError, ConfigError, UnknownName
from alignenv.program import Program
from alignenv.spec import Records


class BatchedVectorEnv(gym.vector.VectorEnv[Any, Any, Any]):
    """N envs of a task, stepped together.

    `infos` follows Gymnasium's rule: each key holds an array over the envs, and the same key with
    a leading underscore says for which envs it holds. Keys are those of `SingleEnv`; in mode
    `SAME_STEP` those of finished episodes are in `infos["final_info"]` and their last observations
    in `infos["final_obs"]`.

    Args:
        num_envs: N.
        task: Id of a task, a reference to one, or a ready core of N envs.
        reward: What the agent is paid; see `alignenv.envs.layers.choose.choose_reward`.
        layer: How a reward program is used: `replace`, `add` or `potential`.
        obs: Observation, such as `symbolic`, `image` or `minigrid`; None for the task's own.
        gamma: The agent's discount factor, for the potential layer.
        split: `train` or `test` for that half of the layouts, see `alignenv.envs.split`; None
            for all of them.
        state_info: Whether `infos` carries the state records.
        text_info: Whether `infos` carries `text`: what the envs say in words, where they do.
        render_mode: `rgb_array` or None.
        autoreset_mode: `NextStep`, `SameStep` or `Disabled`, or Gymnasium's enum.

    Raises:
        UnknownName: No such task, reward, layer, observation, split, render or autoreset
            mode.
        ConfigError: Arguments contradict each other.
        ProgramError: The reward program is refused.
    """

    def __init__(
        self,
        num_envs: int = 1,
        *,
        task: str | EnvRef | BatchEnv,
        reward: str | Path | Program = "sparse",
        layer: str | None = None,
        obs: str | None = None,
        gamma: float = 0.99,
        split: str | None = None,
        state_info: bool = False,
        text_info: bool = False,
        render_mode: str | None = None,
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
    ) -> None:
        if render_mode not in (None, "rgb_array"):
            raise UnknownName.of("render mode of a vector env", render_mode, ["rgb_array"])
        self._mode = _autoreset_mode(autoreset_mode)
        self.metadata = {**SingleEnv.metadata, "autoreset_mode": self._mode}
        self.render_mode = render_mode
        batch = open_batch(task, num_envs, obs, split)
        self.num_envs, self.task = num_envs, batch.task
        self.single_observation_space = batch.observation_space
        self.single_action_space = batch.action_space
        self.observation_space = batch_space(batch.observation_space, num_envs)
        self.action_space = batch_space(batch.action_space, num_envs)
        chosen = choose_reward(batch.task, reward, layer, gamma)
        self.component_names = chosen.component_names
        self._batch = batch
        self._rewarded = RewardedBatch(batch, chosen, None if state_info or text_info else ())
        self._state_info = state_info
        self._texts = text_source(batch) if text_info else None
        self._copy = vector_copier(self.observation_space)
        self._every: Mask = np.ones(num_envs, dtype=np.bool_)
        self._every.flags.writeable = False  # infos hand it out
        self._ended: Mask = self._every

    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Begin new episodes.

        Args:
            seed: `s` gives env i the seed `s + i`; or one per env; None continues each stream.
            options: `reset_mask`, bool `(N,)`, chooses the envs to reset; `context` gives values
                of the task's context parameters, for all envs or one per env.

        Raises:
            UnknownName: A name is not a context parameter.
            ConfigError: Seeds, mask or contexts do not fit the envs.
        """
        mask = self._read_mask(options)
        contexts = read_contexts(self.task, options, self.num_envs)
        self._batch.reset(self._read_seeds(seed), mask, contexts)
        chosen = self._every if mask is None else mask
        self._ended = self._ended & ~chosen
        infos = self._present_infos(chosen)
        return self._copy(self._batch.observations), infos

    def step(self, actions: Any) -> tuple[Any, npt.NDArray[np.float64], Mask, Mask, dict[str, Any]]:
        """Advance every env; what happens to finished ones depends on the autoreset mode.

        Raises:
            CallOrderError: Autoreset is disabled and a finished env was not reset.
            ConfigError: An action is not one of the action space.
            ValueFault: The reward program gave no usable number.
        """
        chosen = np.asarray(actions)
        if self._mode is AutoresetMode.SAME_STEP:
            return self._step_and_reset(chosen)
        n_pending = int(np.count_nonzero(self._ended))
        pending = self._ended if n_pending else None
        if pending is not None and self._mode is AutoresetMode.DISABLED:
            raise CallOrderError(
                f"Envs {np.flatnonzero(pending).tolist()} have no running episode.",
                cure='Call reset(options={"reset_mask": terminated | truncated}) first.',
            )
        batch, rewarded = self._batch, self._rewarded
        rewarded.step(chosen, autoreset=False, skip=pending)
        real = self._every if pending is None else ~pending
        terminated, truncated = batch.terminated & real, batch.truncated & real
        self._ended = terminated | truncated
        infos = transition_infos(rewarded, real, n_skipped=n_pending)
        if np.count_nonzero(self._ended):
            infos |= success_infos(rewarded, self._ended)
        rewards = rewarded.rewards.copy()
        if pending is not None:
            batch.reset(mask=pending)
        infos |= self._present_infos(self._every)
        return self._copy(batch.observations), rewards, terminated, truncated, infos

    def _step_and_reset(
        self, actions: npt.NDArray[Any]
    ) -> tuple[Any, npt.NDArray[np.float64], Mask, Mask, dict[str, Any]]:
        batch, rewarded = self._batch, self._rewarded
        rewarded.step(actions, autoreset=self._texts is None)
        terminated, truncated = batch.terminated.copy(), batch.truncated.copy()
        ended = terminated | truncated
        n_ended = int(np.count_nonzero(ended))
        real = ~ended if n_ended else self._every
        infos = transition_infos(rewarded, real, n_skipped=n_ended)
        if n_ended:
            infos |= self._final_infos(ended, n_ended)
            if self._texts is not None:  # how an episode ended is told before the next one begins
                batch.reset(mask=ended)
        infos |= self._present_infos(self._every)
        observations = self._copy(batch.observations)
        return observations, rewarded.rewards.copy(), terminated, truncated, infos

    def _final_infos(self, ended: Mask, n_ended: int) -> dict[str, Any]:
        batch = self._batch
        seen = batch.terminal_observations if self._texts is None else batch.observations
        last = final_observations(seen, ended)
        final = transition_infos(self._rewarded, ended, n_skipped=self.num_envs - n_ended)
        final |= success_infos(self._rewarded, ended)
        final |= self._state_infos(batch.state, ended)
        if self._texts is not None:
            final |= group({"text": np.array(self._texts(), dtype=object)}, ended)
        return group({"final_obs": last, "final_info": final}, ended)

    def render(self) -> tuple[npt.NDArray[np.uint8], ...]:
        """One picture per env, `(height, width, 3)` each.

        Raises:
            CallOrderError: The envs were made without a render mode.
        """
        if self.render_mode is None:
            raise CallOrderError(
                "The envs were made without a render mode.",
                cure='Make them with render_mode="rgb_array".',
            )
        return tuple(self._batch.render(index) for index in range(self.num_envs))

    def close_extras(self, **kwargs: Any) -> None:
        """Free the core."""
        del kwargs
        self._batch.close()

    def _present_infos(self, mask: Mask) -> dict[str, Any]:
        """State records at the beginning of the next transition, and what the envs say."""
        infos = self._state_infos(self._batch.start, mask)
        if self._texts is not None:
            infos |= group({"text": np.array(self._texts(), dtype=object)}, mask)
        return infos

    def _state_infos(self, records: Records, mask: Mask) -> dict[str, Any]:
        return state_infos(self.task.card.state, records, mask) if self._state_info else {}

    def _read_seeds(self, seed: int | Sequence[int | None] | None) -> Sequence[int | None] | None:
        if seed is None:
            return None
        if isinstance(seed, int | np.integer):
            super().reset(seed=int(seed))
            return [int(seed) + index for index in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise ConfigError(
                f"{len(seed)} seeds came for {self.num_envs} envs.",
                cure="Give one seed per env, or one integer.",
            )
        return seed

    def _read_mask(self, options: dict[str, Any] | None) -> Mask | None:
        mask = (options or {}).get("reset_mask")
        if mask is None:
            return None
        array = np.asarray(mask)
        if array.dtype != np.bool_ or array.shape != (self.num_envs,) or not array.any():
            raise ConfigError(
                f"reset_mask is {mask!r}.",
                cure=f"Give a bool array of shape ({self.num_envs},) with at least one True.",
            )
        return array


def _autoreset_mode(mode: str | AutoresetMode) -> AutoresetMode:
    if isinstance(mode, AutoresetMode):
        return mode
    names = [member.value for member in AutoresetMode]
    if mode not in names:
        raise UnknownName.of("autoreset mode", mode, names)
    return AutoresetMode(mode)
