"""One batch of envs with one reward layer: the implementation behind all three faces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.batch import BatchEnv
from alignenv.envs.layers.given import SparseReward
from alignenv.envs.layers.transitions import RewardLayer, Transitions
from alignenv.errors import ValueFault

Mask = npt.NDArray[np.bool_]


class RewardedBatch:
    """Steps a core and turns its transitions into the agent's reward.

    Args:
        batch: The core.
        layer: The agent's reward.
        watched: Fields that the face reads besides those of the layer; None for all fields.

    Attributes:
        batch: The core.
        layer: The agent's reward.
        rewards: The agent's reward of the last transition, float64 `(N,)`; a buffer.
        components: Parts of that reward, float64 `(N, C)`; a buffer.
    """

    def __init__(
        self, batch: BatchEnv, layer: RewardLayer | None = None, watched: Iterable[str] | None = ()
    ) -> None:
        self.batch = batch
        self._watched = None if watched is None else frozenset(watched)
        self._prev = batch.task.card.state.empty(batch.n_envs)
        action = batch.task.card.action
        self._action = np.zeros((batch.n_envs, action.size) if action.size else batch.n_envs)
        self.use(layer or SparseReward())

    def use(self, layer: RewardLayer) -> None:
        """Pay this reward from the next step on; call it before a reset."""
        self.layer = layer
        self._values = np.zeros((self.batch.n_envs, 1 + len(layer.component_names)))
        self.rewards, self.components = self._values[:, 0], self._values[:, 1:]
        every = frozenset(field.name for field in self.batch.task.card.state)
        fields = (every if self._watched is None else self._watched) | (layer.fields or frozenset())
        self.batch.track(sorted(fields) if fields else None)

    def watch(self, fields: Iterable[str]) -> None:
        """Keep these fields filled too; call it before a reset."""
        if self._watched is not None:
            self._watched |= frozenset(fields)
        self.use(self.layer)

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool, skip: Mask | None = None) -> None:
        """Advance every env by one transition and pay for it.

        Args:
            actions: `(N,)` whole numbers or `(N, size)` floats.
            autoreset: Begin a new episode at once where one ended.
            skip: Envs whose transition is not real; their reward is 0 and cannot be at fault.

        Raises:
            ValueFault: The reward program gave no usable number.
        """
        batch = self.batch
        if isinstance(self.layer, SparseReward):
            batch.step(actions, autoreset=autoreset)
            self.rewards[:] = batch.reward
        else:
            np.copyto(self._prev, batch.start)
            self._action[...] = actions
            batch.step(actions, autoreset=autoreset)
            self._compute(skip)
        if skip is not None:
            self._values[skip] = 0.0

    def _transitions(self) -> Transitions:
        batch = self.batch
        return Transitions(
            self._prev,
            self._action,
            batch.state,
            batch.steps,
            batch.task.card.horizon,
            batch.reward,
            batch.native_reward,
            batch.terminated,
        )

    def _compute(self, skip: Mask | None) -> None:
        """Pay all transitions at once; if that fails, the real ones alone."""
        transitions = self._transitions()
        try:
            self.layer.compute(transitions, self._values)
        except ValueFault:
            if skip is None:
                raise
            self._compute_rows(transitions, ~skip)

    def _compute_rows(self, transitions: Transitions, rows: Mask) -> None:
        out = np.zeros((np.count_nonzero(rows), self._values.shape[1]))
        if len(out) == 0:
            return
        try:
            self.layer.compute(transitions.rows(rows), out)
        except ValueFault as fault:
            fault.env_index = int(np.flatnonzero(rows)[fault.env_index])
            raise
        self._values[rows] = out
