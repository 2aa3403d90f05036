"""A reward learned from preferences between episodes, by the model of Bradley and Terry.

Christiano, Leike, Brown, Martic, Legg and Amodei, "Deep reinforcement learning from human
preferences", NeurIPS 2017, section 2.2: of two clips the first is preferred with probability
`sigmoid(R(first) - R(second))`, where `R` sums a learned reward over the clip's steps, and the
reward is fitted by cross-entropy. Bradley and Terry, "Rank analysis of incomplete block designs",
1952. The model reads what the agent sees and does, and is told labels; nothing else reaches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from gymnasium import spaces
from stable_baselines3.common.vec_env import VecEnv, VecEnvWrapper
from stable_baselines3.common.vec_env.base_vec_env import VecEnvObs, VecEnvStepReturn

from alignenv.errors import ConfigError

WIDTHS = (64, 64)
"""Units of the hidden layers."""
LEARNING_RATE, WEIGHT_DECAY = 1e-3, 1e-4
BATCH = 16
"""Comparisons per update."""
UPDATES = 60
"""Updates of one fit, which goes on from the one before."""


class Clip(NamedTuple):
    """One episode as its agent saw it.

    Attributes:
        observations: What the agent saw before each step, `(length, size)`.
        actions: What it did, `(length,)` for discrete actions, else `(length, n)`.
    """

    observations: npt.NDArray[Any]
    actions: npt.NDArray[Any]


class Comparison(NamedTuple):
    """An answer of the rater.

    Attributes:
        first: Number of a clip.
        second: Number of another.
        label: 1 where the first is preferred, 0 where the second is, 0.5 where neither: then mass
            is put on both alike, as in section 2.2.1 of the paper.
    """

    first: int
    second: int
    label: float


class PreferenceReward:
    """A network that pays each step by its observation and action.

    What it pays is scaled such that the returns of the clips it was fitted on have a standard
    deviation of 1. It is not shifted: clips differ in length, so what a step is worth against no
    step is part of what was learned.

    Args:
        observation_space: One flat array.
        action_space: Discrete or a box.
        seed: Of the network and of the order of updates.
        widths: Units of the hidden layers; none for a linear reward.
        learning_rate: Adam's.
        weight_decay: L2 penalty.

    Raises:
        ConfigError: Observations are not one flat array, or actions neither discrete nor a box.
    """

    def __init__(
        self,
        observation_space: spaces.Space[Any],
        action_space: spaces.Space[Any],
        *,
        seed: int,
        widths: Sequence[int] = WIDTHS,
        learning_rate: float = LEARNING_RATE,
        weight_decay: float = WEIGHT_DECAY,
    ) -> None:
        if not isinstance(observation_space, spaces.Box) or len(observation_space.shape) != 1:
            raise ConfigError(
                f"A reward from preferences needs flat observations, got {observation_space}.",
                cure="Choose an observation that is one array of numbers.",
            )
        if not isinstance(action_space, spaces.Discrete | spaces.Box):
            raise ConfigError(
                f"A reward from preferences needs discrete actions or a box, got {action_space}.",
                cure="Choose another task.",
            )
        self._action_space = action_space
        self._rng = np.random.default_rng(seed)
        self.n_inputs = observation_space.shape[0] + spaces.flatdim(action_space)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._network = _network(self.n_inputs, widths)
        self._optimizer = torch.optim.Adam(
            self._network.parameters(), lr=learning_rate, weight_decay=weight_decay
        )
        self._scale = 1.0

    def rewards(self, clip: Clip) -> npt.NDArray[np.float32]:
        """What each step is paid, `(length,)`."""
        with torch.no_grad():
            paid = self._network(self._inputs(clip)).squeeze(-1)
        return np.asarray(paid.numpy() * self._scale, dtype=np.float32)

    def fit(
        self, clips: Sequence[Clip], comparisons: Sequence[Comparison], updates: int = UPDATES
    ) -> float:
        """Go on fitting to all comparisons made so far.

        Args:
            clips: The clips that comparisons number.
            comparisons: At least one.
            updates: Updates of the network.

        Returns:
            Mean cross-entropy over all comparisons after the last update, in nats.
        """
        inputs = [self._inputs(clip) for clip in clips]
        for _ in range(updates):
            chosen = self._rng.permutation(len(comparisons))[:BATCH]
            loss = self._loss(inputs, [comparisons[i] for i in chosen])
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
        with torch.no_grad():
            used = sorted({number for c in comparisons for number in (c.first, c.second)})
            spread = float(self._returns(inputs, used).std(correction=0))
            self._scale = 1.0 / spread if spread > 1e-6 else 1.0
            return float(self._loss(inputs, comparisons))

    def _loss(
        self, inputs: Sequence[torch.Tensor], comparisons: Sequence[Comparison]
    ) -> torch.Tensor:
        both = [c.first for c in comparisons] + [c.second for c in comparisons]
        first, second = self._returns(inputs, both).chunk(2)
        labels = torch.tensor([c.label for c in comparisons])
        return torch.nn.functional.binary_cross_entropy_with_logits(first - second, labels)

    def _returns(self, inputs: Sequence[torch.Tensor], numbers: Sequence[int]) -> torch.Tensor:
        """Unscaled return of each clip of these numbers, `(n,)`."""
        steps = torch.cat([inputs[number] for number in numbers])
        owner = torch.repeat_interleave(torch.tensor([len(inputs[number]) for number in numbers]))
        paid = self._network(steps).squeeze(-1)
        return torch.zeros(len(numbers)).index_add(0, owner, paid)

    def _inputs(self, clip: Clip) -> torch.Tensor:
        """Observations beside actions, discrete ones as indicators, `(length, n_inputs)`."""
        actions = torch.as_tensor(np.array(clip.actions))
        if isinstance(self._action_space, spaces.Discrete):
            given = actions.long() - int(self._action_space.start)
            actions = torch.nn.functional.one_hot(given, int(self._action_space.n))
        seen = torch.as_tensor(np.array(clip.observations, dtype=np.float32))
        return torch.cat([seen, actions.float().reshape(len(seen), -1)], dim=1)


def _network(size: int, widths: Sequence[int]) -> torch.nn.Sequential:
    layers: list[torch.nn.Module] = []
    for width in widths:
        layers += [torch.nn.Linear(size, width), torch.nn.Tanh()]
        size = width
    return torch.nn.Sequential(*layers, torch.nn.Linear(size, 1))


class PaidByPreferences(VecEnvWrapper):
    """Pays a learned reward in place of the env's own.

    Args:
        venv: A vector env with the observations and actions that the reward was made for.
        reward: The reward; it may be fitted further between trainings.
    """

    def __init__(self, venv: VecEnv, reward: PreferenceReward) -> None:
        super().__init__(venv)
        self._reward = reward
        self._seen: npt.NDArray[Any] = np.zeros(0)
        self._done: npt.NDArray[Any] = np.zeros(0)

    def reset(self) -> VecEnvObs:
        """Begin new episodes everywhere."""
        observations = self.venv.reset()
        self._seen = np.array(observations)
        return observations

    def step_async(self, actions: npt.NDArray[Any]) -> None:
        """Note the actions of the next `step_wait`."""
        self._done = actions
        self.venv.step_async(actions)

    def step_wait(self) -> VecEnvStepReturn:
        """Advance every env by one transition."""
        observations, _, ends, infos = self.venv.step_wait()
        paid = self._reward.rewards(Clip(self._seen, self._done))
        self._seen = np.array(observations)
        return observations, paid, ends, infos
