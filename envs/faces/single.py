"""The `gymnasium.Env` face: one env, what `gym.make` returns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np
import numpy.typing as npt

from alignenv.batch import BatchEnv
from alignenv.envs.faces.contexts import read_contexts
from alignenv.envs.faces.observe import row_picker
from alignenv.envs.faces.rewarded import RewardedBatch
from alignenv.envs.faces.texts import text_source
from alignenv.envs.layers.choose import choose_reward
from alignenv.envs.make import EnvRef, open_batch
from alignenv.envs.suite import SUITE
from alignenv.errors import CallOrderError, UnknownName
from alignenv.program import Program

if TYPE_CHECKING:
    from alignenv.envs.faces.window import Window

RENDER_MODES = ("human", "rgb_array")


class SingleEnv(gym.Env[Any, Any]):
    """One env of a task, with the reward that the user asked for.

    `info` carries `sparse_reward` at every step, `success` (TRUE success) at the end of an
    episode, `reward_components` when a program pays, and `state` (the record as plain values)
    when asked for.

    Args:
        task: Id of a task, a reference to one, or a ready core of one env.
        reward: What the agent is paid; see `alignenv.envs.layers.choose.choose_reward`.
        layer: How a reward program is used: `replace`, `add` or `potential`.
        obs: Observation, such as `symbolic`, `image` or `minigrid`; None for the task's own.
        gamma: The agent's discount factor, for the potential layer.
        split: `train` or `test` for that half of the layouts, see `alignenv.envs.split`; None
            for all of them.
        state_info: Whether `info` carries the state record.
        text_info: Whether `info` carries `text`: what the env says in words, where it does.
        render_mode: `human`, `rgb_array` or None.

    Raises:
        UnknownName: No such task, reward, layer, observation, split or render mode.
        ConfigError: Arguments contradict each other.
        ProgramError: The reward program is refused.
    """

    metadata = {"render_modes": list(RENDER_MODES), "render_fps": 10}  # noqa: RUF012 - Gymnasium's

    def __init__(
        self,
        task: str | EnvRef | BatchEnv,
        *,
        reward: str | Path | Program = "sparse",
        layer: str | None = None,
        obs: str | None = None,
        gamma: float = 0.99,
        split: str | None = None,
        state_info: bool = False,
        text_info: bool = False,
        render_mode: str | None = None,
    ) -> None:
        if render_mode is not None and render_mode not in RENDER_MODES:
            raise UnknownName.of("render mode", render_mode, RENDER_MODES)
        batch = open_batch(task, 1, obs, split)
        self.render_mode = render_mode
        self.task = batch.task
        self.observation_space, self.action_space = batch.observation_space, batch.action_space
        chosen = choose_reward(batch.task, reward, layer, gamma)
        self.component_names = chosen.component_names
        self._batch = batch
        self._rewarded = RewardedBatch(batch, chosen, None if state_info or text_info else ())
        self._state_info = state_info
        self._texts = text_source(batch) if text_info else None
        row = SUITE.row(batch.task.id)
        # MiniGrid's direction is an int where its generator sets it, an np.int64 where it draws it.
        plain_int = obs == "minigrid" and row is not None and row.has_fixed_start
        self._pick = row_picker(batch.observation_space, plain_int=plain_int)
        self._action = np.zeros((1, *(batch.action_space.shape or ())), batch.action_space.dtype)
        self._is_running = False
        self._window: Window | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin an episode.

        Args:
            seed: Gives the same episode every time; None continues the stream.
            options: `context`, values of the task's context parameters by name or in order; they
                hold until others are given.

        Raises:
            UnknownName: A name is not a context parameter.
            ConfigError: A context value is out of range.
        """
        contexts = read_contexts(self.task, options, 1)
        if seed is not None:
            super().reset(seed=seed)
        self._batch.reset([seed], contexts=contexts)
        self._is_running = True
        if self.render_mode == "human":
            self.render()
        info: dict[str, Any] = {}
        if self._state_info:
            info["state"] = self._state(self._batch.start)
        if self._texts is not None:
            info["text"] = self._texts()[0]
        return self._pick(self._batch.observations, 0), info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Advance by one transition.

        Raises:
            CallOrderError: There is no running episode.
            ConfigError: The action is not one of the action space.
            ValueFault: The reward program gave no usable number.
        """
        if not self._is_running:
            raise CallOrderError("There is no running episode.", cure="Call reset() first.")
        self._action[0] = action
        rewarded, batch = self._rewarded, self._batch
        rewarded.step(self._action, autoreset=False)
        terminated, truncated = bool(batch.terminated[0]), bool(batch.truncated[0])
        sparse = float(batch.reward[0])
        info: dict[str, Any] = {"sparse_reward": sparse}
        if terminated or truncated:
            self._is_running = False
            if not self.task.has_truth:
                info["success"] = sparse > 0
        if self.component_names:
            parts = rewarded.components[0].tolist()
            info["reward_components"] = dict(zip(self.component_names, parts, strict=True))
        if self._state_info:
            info["state"] = self._state(batch.state)
        if self._texts is not None:
            info["text"] = self._texts()[0]
        if self.render_mode == "human":
            self.render()
        observation = self._pick(batch.observations, 0)
        return observation, float(rewarded.rewards[0]), terminated, truncated, info

    def render(self) -> Any:
        """The picture `(height, width, 3)` in mode `rgb_array`; a window in mode `human`."""
        if self.render_mode is None:
            raise CallOrderError(
                "The env was made without a render mode.",
                cure='Make it with render_mode="rgb_array" or "human".',
            )
        picture = self._batch.render(0)
        if self.render_mode == "rgb_array":
            return picture
        if self._window is None:
            from alignenv.envs.faces.window import Window

            self._window = Window(self.task.id, self.metadata["render_fps"])
        self._window.show(picture)
        return None

    def close(self) -> None:
        """Free the core and its window; safe to call twice."""
        self._batch.close()
        if self._window is not None:
            self._window.close()

    def _state(self, records: npt.NDArray[np.float64]) -> dict[str, Any]:
        return self.task.card.state.as_dict(records[0])
