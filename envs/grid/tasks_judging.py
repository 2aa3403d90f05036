"""What a judge of a grid task is, and the judgements that several tasks share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alignenv.task import MilestoneFn, SuccessFn, Truth

Flags = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]
States = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """The evaluator's functions of one layout.

    Attributes:
        success: TRUE objective.
        milestones: True progress.
        reads: Fields that the two read.
    """

    success: SuccessFn
    milestones: MilestoneFn
    reads: frozenset[str]


def at_goal(state: States, truth: Truth) -> Flags:
    """Whether the agent stands on the goal."""
    del truth
    same: Flags = np.all(state["agent_pos"] == state["goal_pos"], axis=-1)
    return same


def closeness(state: States, truth: Truth) -> Values:
    """1 / (1 + walk to the goal); 0 for the dead, who cannot walk on."""
    near = 1.0 / (1.0 + np.maximum(state["path_to_goal"], 0.0))
    names = state.dtype.names or ()
    alive = state["dead"] == 0 if "dead" in names else True
    return np.where(at_goal(state, truth), 1.0, np.where(alive, near, 0.0))


AT_GOAL = frozenset({"agent_pos", "goal_pos"})
"""Fields that `at_goal` reads."""
