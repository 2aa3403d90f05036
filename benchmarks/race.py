"""The race between the candidates of a generation: where they are compared, and how many go on.

One rung stops the losers once; several, of which each keeps a share of those that the one before
it kept, are successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and
Hyperparameter Optimization", AISTATS 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BeforeValidator, Field, PlainSerializer

from alignenv.agents.presets import Preset


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _bare(shares: tuple[float, ...]) -> float | tuple[float, ...]:
    return shares[0] if len(shares) == 1 else shares


Shares = Annotated[
    tuple[Annotated[float, Field(gt=0, le=1)], ...],
    Field(min_length=1),
    BeforeValidator(_listed),
    PlainSerializer(_bare),
]
"""Shares in (0, 1], one for each rung; a single one is read and written as a plain number."""


class Rung(NamedTuple):
    """A point of a training at which candidates are compared.

    Attributes:
        after: Share of a full training; 1 compares nobody.
        keep: Share of those compared that goes on.
    """

    after: float
    keep: float

    def n_kept(self, n: int) -> int:
        """How many of `n` go on, at least one; all from a rung at the very end."""
        return n if self.after == 1 else min(n, max(1, round(n * self.keep)))


def rungs_of(rung: Sequence[float], keep: Sequence[float]) -> tuple[Rung, ...]:
    """The rungs that two settings describe.

    Args:
        rung: Shares of a full training, rising; the last of several is less than 1.
        keep: The share that each of them keeps, or one for all.

    Raises:
        ValueError: They do not describe a race.
    """
    if len(keep) not in (1, len(rung)):
        raise ValueError(f"keep has {len(keep)} shares for {len(rung)} rungs; give one, or as many")
    if any(late <= early for early, late in pairwise(rung)) or (len(rung) > 1 and rung[-1] == 1):
        raise ValueError("the shares of several rungs must rise and stay below 1")
    shares = tuple(keep) if len(keep) > 1 else tuple(keep) * len(rung)
    return tuple(Rung(after, share) for after, share in zip(rung, shares, strict=True))


@dataclass(frozen=True, slots=True)
class Race:
    """A race in env steps.

    Attributes:
        rungs: In order.
        ends: Env steps of a training at each rung, then those of a full one.
    """

    rungs: tuple[Rung, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, rungs: Sequence[Rung], preset: Preset, full: int) -> Self:
        """The race of a training of `full` env steps, cut at whole rollouts."""
        ends = (min(full, preset.whole_rollouts(full * rung.after)) for rung in rungs)
        return cls(tuple(rungs), (*ends, full))

    @property
    def legs(self) -> tuple[tuple[int, int], ...]:
        """First and last env step of the training up to each rung, and of the rest."""
        return tuple(pairwise((0, *self.ends)))

    def most_steps(self, n: int) -> int:
        """Env steps of `n` candidates that can all be trained."""
        steps = 0
        for rung, (begin, end) in zip((*self.rungs, None), self.legs, strict=True):
            steps += n * (end - begin)
            n = rung.n_kept(n) if rung else n
        return steps
