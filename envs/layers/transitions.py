"""What a reward layer sees: a batch of transitions, and the contract of a layer."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from alignenv.spec import Records

Values = npt.NDArray[np.float64]


class Transitions(NamedTuple):
    """N transitions of one task, one row each.

    Attributes:
        prev: Records before, `(N, spec.size)`.
        action: `(N,)` or `(N, size)`, float64.
        state: Records after, before any autoreset, `(N, spec.size)`.
        steps: Steps of the episode including this one, `(N,)`.
        horizon: Longest episode, in steps.
        sparse: 1 on success and else 0, `(N,)`.
        native: The original suite's reward, `(N,)`.
        terminated: Whether the episode ended for a reason of the task, bool `(N,)`.
    """

    prev: Records
    action: Values
    state: Records
    steps: npt.NDArray[np.int64]
    horizon: int
    sparse: Values
    native: Values
    terminated: npt.NDArray[np.bool_]

    def rows(self, chosen: npt.NDArray[np.bool_]) -> Transitions:
        """Those transitions alone, copied."""
        return Transitions(
            prev=self.prev[chosen],
            action=self.action[chosen],
            state=self.state[chosen],
            steps=self.steps[chosen],
            horizon=self.horizon,
            sparse=self.sparse[chosen],
            native=self.native[chosen],
            terminated=self.terminated[chosen],
        )


class RewardLayer(Protocol):
    """The agent's reward as a pure function of transitions.

    Attributes:
        fields: State fields it reads; None when it reads no record at all.
        component_names: Names of the parts it reports.
    """

    fields: frozenset[str] | None
    component_names: tuple[str, ...]

    def compute(self, transitions: Transitions, out: Values) -> None:
        """Fill `out`, `(N, 1 + len(component_names))`: the reward in column 0, then its parts.

        Raises:
            ValueFault: A reward program gave no usable number.
        """
        ...
