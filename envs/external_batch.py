"""N Gymnasium envs behind the interface of a batched core.

The envs are stepped one after the other, as in Gymnasium's and Stable-Baselines3's own sync
vectors; rewards, records and faces are those of the native cores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import gymnasium as gym
import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from gymnasium.vector.utils import create_empty_array

from alignenv.batch import Observations
from alignenv.context import Contexts
from alignenv.envs.external import ExternalTask, InfoValue, ObsSlice, make_env
from alignenv.errors import CallOrderError, ConfigError
from alignenv.spec import Records
from alignenv.task import Task, Truth

_STACKABLE = (spaces.Box, spaces.Discrete, spaces.MultiBinary, spaces.MultiDiscrete)


class ExternalBatch:
    """A `BatchEnv` over Gymnasium envs; every state field is always filled.

    The sparse reward is 1 when an episode ends in a state of success, else 0. A finished env that
    was not reset stays as it is, whatever action it is given.

    Args:
        task: The task, with the readers of its state fields.
        env_id: Gymnasium id, `module:` in front of it imports that module first.
        n_envs: N.

    Raises:
        UnknownName: No such env.
        ConfigError: The env does not fit the task, or its observations cannot be stacked.
    """

    def __init__(self, task: ExternalTask, env_id: str, n_envs: int) -> None:
        if n_envs < 1:
            raise ConfigError(f"{n_envs} envs were asked for.", cure="Ask for 1 or more.")
        self.task: Task = task
        self.truth: Truth = None
        self.n_envs, self._make_kwargs = n_envs, dict(task.make_kwargs)
        self._envs = [self._make(env_id) for _ in range(n_envs)]
        self.observation_space = self._envs[0].observation_space
        self.action_space = self._envs[0].action_space
        self.observations = _buffer(self.observation_space, n_envs)
        self.terminal_observations = _buffer(self.observation_space, n_envs)
        self.reward, self.native_reward = np.zeros(n_envs), np.zeros(n_envs)
        self.terminated = np.zeros(n_envs, dtype=np.bool_)
        self.truncated = np.zeros(n_envs, dtype=np.bool_)
        self.steps = np.zeros(n_envs, dtype=np.int64)
        self.state = task.card.state.empty(n_envs)
        self.start = task.card.state.empty(n_envs)
        self._clock = np.zeros(n_envs, dtype=np.int64)
        self._is_running = np.zeros(n_envs, dtype=np.bool_)
        self._was_reset = np.zeros(n_envs, dtype=np.bool_)
        spec = task.card.state
        self._columns = [
            (slice(spec.offsets[name], spec.offsets[name] + spec[name].size), reader)
            for name, reader in task.readers.items()
        ]

    def _make(self, env_id: str) -> gym.Env[Any, Any]:
        kwargs, horizon = self._make_kwargs, self.task.card.horizon
        env = make_env(env_id, horizon, **kwargs)
        if "rgb_array" not in env.metadata.get("render_modes", []) or "render_mode" in kwargs:
            return env
        env.close()
        return make_env(env_id, horizon, render_mode="rgb_array", **kwargs)

    def track(self, fields: Iterable[str] | None) -> None:
        """Nothing to do: all fields are filled at every step."""

    def reset(
        self,
        seeds: Sequence[int | None] | None = None,
        mask: npt.NDArray[np.bool_] | None = None,
        contexts: Contexts | None = None,
    ) -> None:
        """Begin new episodes; see `BatchEnv.reset`. Such tasks have no context parameters."""
        del contexts
        for index in range(self.n_envs) if mask is None else np.flatnonzero(mask).tolist():
            self._begin(index, None if seeds is None else seeds[index])
            self.state[index] = self.start[index]
            self.steps[index] = 0
            self.terminated[index] = self.truncated[index] = False

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool) -> None:
        """Advance every env by one transition; see `BatchEnv.step`.

        Raises:
            CallOrderError: An env was never reset.
        """
        if not self._was_reset.all():
            raise CallOrderError("An env was never reset.", cure="Call reset() first.")
        self.reward[:], self.native_reward[:] = 0.0, 0.0
        self.terminated[:], self.truncated[:] = False, False
        self._clock[self._is_running] += 1
        np.copyto(self.steps, self._clock)
        for index in np.flatnonzero(self._is_running).tolist():
            self._advance(index, actions[index])
        np.copyto(self.start, self.state)
        ended = self.terminated | self.truncated
        if ended.any():
            self.reward[ended] = self.task.judge(self.state[ended])
            self._is_running[ended] = False
            for index in np.flatnonzero(ended).tolist() if autoreset else ():
                self._begin(index, None)

    def _advance(self, index: int, action: Any) -> None:
        choice = action if self.task.card.action.size else int(action)
        observation, native, terminated, truncated, info = self._envs[index].step(choice)
        self.native_reward[index] = native
        self.terminated[index], self.truncated[index] = terminated, truncated
        self._record(index, self.state, observation, info)
        _store(self.observations, index, observation)
        if terminated or truncated:
            _store(self.terminal_observations, index, observation)

    def _begin(self, index: int, seed: int | None) -> None:
        observation, info = self._envs[index].reset(seed=seed)
        _store(self.observations, index, observation)
        self._record(index, self.start, observation, info)
        self._clock[index] = 0
        self._is_running[index] = self._was_reset[index] = True

    def _record(self, index: int, records: Records, observation: Any, info: dict[str, Any]) -> None:
        """Fill one env's record."""
        for columns, reader in self._columns:
            value: Any
            if isinstance(reader, ObsSlice):
                part = np.ravel(observation[reader.key] if reader.key else observation)
                value = part[reader.start : reader.stop or reader.start + 1]
            elif isinstance(reader, InfoValue):
                value = info.get(reader.key, 0.0)
            else:
                value = reader(self._envs[index].unwrapped, observation)
            records[index, columns] = np.ravel(value)

    def read_state(self) -> Records:
        """Fresh records of the present states, `(N, spec.size)`."""
        return self.start.copy()

    def layout_keys(self) -> list[bytes]:
        """Refused: what a layout is, only the env's author knows.

        Raises:
            ConfigError: Always.
        """
        raise ConfigError(
            f"Layouts of {self.task.id} cannot be told apart.",
            cure="Leave out `split`: it is for tasks of the suite.",
        )

    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one env, `(height, width, 3)`.

        Raises:
            ConfigError: The env draws no pictures.
        """
        env = self._envs[index]
        picture = env.render() if env.render_mode is not None else None
        if not isinstance(picture, np.ndarray):
            raise ConfigError(
                f"{self.task.id} draws no pictures.", cure="Its env needs render mode rgb_array."
            )
        return picture

    def close(self) -> None:
        """Close the envs; safe to call twice."""
        for env in self._envs:
            env.close()


def _buffer(space: spaces.Space[Any], n: int) -> Observations:
    parts = space.values() if isinstance(space, spaces.Dict) else (space,)
    if not all(isinstance(part, _STACKABLE) for part in parts):
        raise ConfigError(
            f"Observations of {space} cannot be stacked into arrays.",
            cure="Wrap the env so that it gives a Box, a Discrete, or a flat Dict of them.",
        )
    return cast("Observations", create_empty_array(space, n, np.zeros))


def _store(buffer: Observations, index: int, observation: Any) -> None:
    if isinstance(buffer, dict):
        for key, part in buffer.items():
            part[index] = observation[key]
    else:
        buffer[index] = observation
