"""The reward language: checks untrusted reward programs and runs them over batches of records.

A program is a small subset of Python, one pure function of two state records:

    def reward(prev, action, state):
        near = np.exp(-state.goal_dist / 5.0)
        return near, {"near": near}

It has two executions that agree bit for bit: compiled by numba, and interpreted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from alignenv.program.edges import edge_records, edge_values
from alignenv.program.program import Program, parse_program
from alignenv.program.summary import summary

if TYPE_CHECKING:
    from alignenv.program.runner import Runner
    from alignenv.spec import Records

Batch = npt.NDArray[np.float64]

__all__ = [
    "Program",
    "Runner",
    "check_values",
    "edge_records",
    "edge_values",
    "parse_program",
    "summary",
    "warm_up",
]


def warm_up() -> None:
    """Compile one kernel, so that programs loaded later take a fraction of a second."""
    from alignenv.program.kernel import warm_up as compile_once

    compile_once()


def check_values(
    program: Program, runner: Runner, prev: Records, action: Batch, state: Records, t: Batch
) -> None:
    """Check an accepted program on recorded transitions; see `admission.check_values`."""
    from alignenv.program import admission

    admission.check_values(program, runner, prev, action, state, t)


def __getattr__(name: str) -> object:
    if name == "Runner":
        from alignenv.program.runner import Runner

        return Runner
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
