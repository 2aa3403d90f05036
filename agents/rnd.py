"""Random network distillation: a bonus for observations that a network cannot predict yet.

Burda, Edwards, Storkey and Klimov (2019), "Exploration by random network distillation": a
predictor learns the output of a fixed random network; its error is large where the agent has
seldom been. Simplified: one value function and one discount for both rewards, so that a preset
trains it as it trains any reward.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from gymnasium import spaces
from stable_baselines3.common.running_mean_std import RunningMeanStd
from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper
from stable_baselines3.common.vec_env.base_vec_env import VecEnvObs, VecEnvStepReturn

from alignenv.errors import ConfigError

FloatArray = npt.NDArray[np.float32]

WIDTH, FEATURES = 64, 32
LEARNING_RATE = 1e-3
PERIOD = 32
"""Steps of the vector env between two updates of the predictor."""
BATCH = 512
CLIP = 5.0
"""Range of normalised observations."""


def _network(size: int) -> torch.nn.Sequential:
    return torch.nn.Sequential(
        torch.nn.Linear(size, WIDTH),
        torch.nn.ReLU(),
        torch.nn.Linear(WIDTH, WIDTH),
        torch.nn.ReLU(),
        torch.nn.Linear(WIDTH, FEATURES),
    )


class RandomNetworkDistillation(VecEnvWrapper):
    """Adds `scale` times the prediction error to the reward, in units of its own returns.

    Args:
        venv: A vector env with flat observations.
        scale: The bonus of one standard deviation of the discounted sum of errors.
        gamma: The agent's discount, for that sum.
        seed: Of both networks and of the order of updates.

    Raises:
        ConfigError: Observations are not one flat array.
    """

    def __init__(self, venv: VecEnv, scale: float, *, gamma: float, seed: int) -> None:
        super().__init__(venv)
        space = venv.observation_space
        if not isinstance(space, spaces.Box) or len(space.shape) != 1:
            raise ConfigError(
                f"Random network distillation needs flat observations, got {space}.",
                cure="Choose an observation that is one array of numbers.",
            )
        self._scale, self._gamma = scale, gamma
        self._rng = np.random.default_rng(seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._target, self._predictor = _network(space.shape[0]), _network(space.shape[0])
        self._optimizer = torch.optim.Adam(self._predictor.parameters(), lr=LEARNING_RATE)
        self._seen = RunningMeanStd(shape=space.shape)
        self._paid = RunningMeanStd(shape=())
        self._sums = np.zeros(venv.num_envs)
        self._kept: list[FloatArray] = []

    def reset(self) -> VecEnvObs:
        """Begin new episodes everywhere; what was learned stays."""
        return self.venv.reset()

    def step_wait(self) -> VecEnvStepReturn:
        """Advance every env by one transition."""
        observations, rewards, dones, infos = self.venv.step_wait()
        reached = np.array(observations, dtype=np.float32)
        for index in np.flatnonzero(dones):
            reached[index] = infos[index]["terminal_observation"]
        self._seen.update(reached)
        spread = np.sqrt(self._seen.var + 1e-8)
        known = np.clip((reached - self._seen.mean) / spread, -CLIP, CLIP).astype(np.float32)
        bonus = self._scale * self._in_units(self._errors(known))
        self._kept.append(known)
        if len(self._kept) == PERIOD:
            self._learn()
        paid: npt.NDArray[Any] = (rewards + bonus).astype(rewards.dtype)
        return observations, paid, dones, infos

    def _in_units(self, errors: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Errors over the spread of their discounted sums, which go on past an episode's end."""
        self._sums = self._gamma * self._sums + errors
        self._paid.update(self._sums)
        return np.asarray(errors / np.sqrt(self._paid.var + 1e-8), dtype=np.float64)

    def _errors(self, known: FloatArray) -> npt.NDArray[np.float64]:
        with torch.no_grad():
            batch = torch.as_tensor(known)
            gap = self._predictor(batch) - self._target(batch)
            return np.asarray((gap**2).mean(dim=1).numpy(), dtype=np.float64)

    def _learn(self) -> None:
        """One pass of the predictor over what was met since the last one."""
        met = np.concatenate(self._kept)
        self._kept.clear()
        order = self._rng.permutation(len(met))
        for first in range(0, len(order), BATCH):
            batch = torch.as_tensor(met[order[first : first + BATCH]])
            with torch.no_grad():
                wanted = self._target(batch)
            loss = torch.nn.functional.mse_loss(self._predictor(batch), wanted)
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
