"""The contract between a batched environment core and its three faces.

A core steps N copies of one task at once, in arrays. It knows nothing of Gymnasium's or
Stable-Baselines3's conventions; the faces in `alignenv.envs.faces` translate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.context import Contexts
from alignenv.spec import Records
from alignenv.task import Oracle, Task, Truth

Observations = npt.NDArray[Any] | dict[str, npt.NDArray[Any]]
"""Batch of observations: one array of shape `(N, ...)`, or one per key."""


class BatchEnv(Protocol):
    """N copies of one task.

    Array attributes are buffers that the next `reset` or `step` overwrites: copy what you keep.

    Attributes:
        task: The task.
        n_envs: N.
        observation_space: Space of one observation.
        action_space: Space of one action.
        observations: What the agent sees now; after an autoreset, the new episode's first.
        terminal_observations: Last observation of the episodes that ended in the last `step`;
            rows of the other envs are not meaningful.
        reward: Sparse reward of the last transition, 1 on success and else 0, float64 `(N,)`.
        native_reward: The original suite's reward of the last transition, float64 `(N,)`.
        terminated: bool `(N,)`.
        truncated: bool `(N,)`; may hold together with `terminated`.
        steps: Step count of the episode that the last transition belongs to, int64 `(N,)`.
        state: Records after the last transition, before any autoreset, `(N, spec.size)`.
        truth: Hidden records that belong to `state`, structured `(N,)`; None for a task without
            hidden facts and in a core that was built without them.
        start: Records at the beginning of the next transition: `state`, but the first record of
            the new episode where an autoreset happened.
    """

    task: Task
    n_envs: int
    observation_space: spaces.Space[Any]
    action_space: spaces.Space[Any]
    observations: Observations
    terminal_observations: Observations
    reward: npt.NDArray[np.float64]
    native_reward: npt.NDArray[np.float64]
    terminated: npt.NDArray[np.bool_]
    truncated: npt.NDArray[np.bool_]
    steps: npt.NDArray[np.int64]
    state: Records
    start: Records
    truth: Truth

    def track(self, fields: Iterable[str] | None) -> None:
        """Keep these fields of `state` and `start` filled from the next `reset` or `step` on.

        Args:
            fields: Field names of the task's spec; None to track nothing. Columns of fields not
                named may hold anything.
        """
        ...

    def reset(
        self,
        seeds: Sequence[int | None] | None = None,
        mask: npt.NDArray[np.bool_] | None = None,
        contexts: Contexts | None = None,
    ) -> None:
        """Begin new episodes.

        Args:
            seeds: One per env; None continues that env's random stream.
            mask: Which envs to reset, bool `(N,)`; None for all.
            contexts: Checked contexts, `(N, task.context.size)`, of the envs reset now, kept for
                their later episodes; None keeps what each env has, at first the default.
        """
        ...

    def step(self, actions: npt.NDArray[Any], *, autoreset: bool) -> None:
        """Advance every env by one transition.

        An env whose episode ended and that was not reset may be stepped too; what its row says
        then means nothing.

        Args:
            actions: `(N,)` whole numbers or `(N, size)` floats.
            autoreset: Begin a new episode at once where one ended, continuing its random stream.
        """
        ...

    def read_state(self) -> Records:
        """Fresh records of the present states with every field filled, `(N, spec.size)`."""
        ...

    def layout_keys(self) -> list[bytes]:
        """One key per env, equal exactly where the present layouts are.

        Raises:
            ConfigError: Layouts of this task cannot be told apart.
        """
        ...

    def render(self, index: int = 0) -> npt.NDArray[np.uint8]:
        """Picture of one env, `(height, width, 3)`."""
        ...

    def close(self) -> None:
        """Free windows and other resources; safe to call twice."""
        ...


def make_oracle(batch: BatchEnv) -> Oracle | None:
    """The scripted reference policy of a batch's task, playing this batch; None without one.

    A batch that wraps another, as one half of the layouts does, names it `inner`: an oracle reads
    the core itself.
    """
    factory = batch.task.oracle
    return None if factory is None else factory(getattr(batch, "inner", batch))
