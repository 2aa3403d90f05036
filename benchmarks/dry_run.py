"""The dry run: a program's values on recorded transitions, before any training is spent on it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.envs.make import EnvRef, make_batch
from alignenv.program import Program, Runner, check_values
from alignenv.seeding import child_seed, episode_seeds
from alignenv.spec import Records

N_ENVS, N_STEPS = 16, 64


class Recorded(NamedTuple):
    """Transitions of random play, one row each; equal for equal tasks.

    Attributes:
        prev: Records before, `(N, spec.size)`.
        action: `(N,)` or `(N, size)`, float64.
        state: Records after, `(N, spec.size)`.
        t: Episode progress after, in (0, 1], `(N,)`.
    """

    prev: Records
    action: npt.NDArray[np.float64]
    state: Records
    t: npt.NDArray[np.float64]


def record_transitions(ref: EnvRef) -> Recorded:
    """Play at random; seeds are those of evidence, which neither trains nor reports anything."""
    batch = make_batch(ref, N_ENVS)
    card = batch.task.card
    batch.action_space.seed(child_seed(0, "evidence", "dry run"))
    batch.track([field.name for field in card.state])
    batch.reset(episode_seeds(0, "evidence", N_ENVS, "dry run"))
    rows = []
    for _ in range(N_STEPS):
        prev = batch.start.copy()
        actions = np.array([batch.action_space.sample() for _ in range(N_ENVS)])
        batch.step(actions, autoreset=True)
        rows.append((prev, actions, batch.state.copy(), batch.steps / card.horizon))
    batch.close()
    parts = (np.concatenate(part).astype(np.float64) for part in zip(*rows, strict=True))
    return Recorded(*parts)


def dry_run(program: Program, runner: Runner, recorded: Recorded) -> None:
    """Refuse a program whose values are not usable, not pure, or not those of its text.

    Raises:
        ValueFault: A value is missing, not finite or too large, or depends on more than the
            transition.
        ProgramError: Compiled and interpreted values differ.
    """
    check_values(program, runner, *recorded)
