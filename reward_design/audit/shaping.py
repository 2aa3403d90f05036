"""How much of a reward only shapes, and which classical mistake keeps the rest from doing so.

A reward that is a base reward plus `gamma phi(s') (1 - terminated) - phi(s)` keeps the base's best
policies (Ng, Harada and Russell, 1999). Written by hand it often misses by a detail: another
gamma, or a potential that is left at a terminal state. Each detail is one way of fitting `phi`;
the way that explains most says what was written.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alignenv.reward_design.audit.least_squares import residual
from alignenv.reward_design.audit.transitions import Coverage, Floats

WHOLE = 1.0 - 1e-6
"""Share from which a form counts as what was written."""
TOLERANCE = 1e-7
"""Of the fits: their squared errors are what shares are made of, far below what `WHOLE` leaves."""


class Shaping(NamedTuple):
    """How much of a reward is explained by a base reward and a potential, by square.

    All but `base` are shares of what is left once the base reward is taken out.

    Attributes:
        alpha: Factor of the base reward.
        base: Share of the reward that the base reward alone explains.
        correct: Share that shaping with the learner's gamma and 0 at the end explains.
        undiscounted: The same with gamma 1, the form of a difference of distances.
        left_at_end: The same with the learner's gamma and a potential that stays at the end.
        neither: With gamma 1 and a potential that stays at the end.
    """

    alpha: float
    base: float
    correct: float
    undiscounted: float
    left_at_end: float
    neither: float

    @property
    def mistake(self) -> str:
        """`gamma-mismatch`, `terminal-potential`, both joined by `+`, or empty for none."""
        if self.correct >= WHOLE or self.base >= WHOLE:
            return ""
        ways = {
            "gamma-mismatch": self.undiscounted,
            "terminal-potential": self.left_at_end,
            "gamma-mismatch+terminal-potential": self.neither,
        }
        return next((name for name, share in ways.items() if share >= WHOLE), "")


def examine_shaping(
    reward: Floats, base: Floats, coverage: Coverage, gamma: float, basis: Floats | None = None
) -> Shaping:
    """Fit a base reward and a potential to a reward, in four ways.

    Args:
        reward: Of each transition, `(N,)`.
        base: The base reward of each, such as the sparse one, `(N,)`.
        coverage: The transitions.
        gamma: The learner's discount factor.
        basis: Features that a potential may use, `(S, F)`; None for one unknown per state.
    """
    forever = coverage._replace(continues=np.ones_like(coverage.continues))
    alpha, left = _joint(reward, base, coverage, gamma, basis)
    shares = [_share(left, reward - alpha * base, reward, coverage)]
    for rows, factor in ((coverage, 1.0), (forever, gamma), (forever, 1.0)):
        other, rest = _joint(reward, base, rows, factor, basis)
        shares.append(_share(rest, reward - other * base, reward, coverage))
    alone = _size(base, coverage)
    slope = float(coverage.weight @ (base * reward)) / alone if alone > 0.0 else 0.0
    return Shaping(alpha, _share(reward - slope * base, reward, reward, coverage), *shares)


def _joint(
    reward: Floats, base: Floats, coverage: Coverage, gamma: float, basis: Floats | None
) -> tuple[float, Floats]:
    """Factor of the base, and what it and the best potential together leave."""
    left = residual(reward, coverage, gamma, basis, TOLERANCE)
    form = residual(base, coverage, gamma, basis, TOLERANCE)
    size = _size(form, coverage)
    if size <= 1e-18 * max(_size(base, coverage), 1e-300):
        return 0.0, left
    alpha = float(coverage.weight @ (form * left)) / size
    rest: Floats = left - alpha * form
    return alpha, rest


def _size(values: Floats, coverage: Coverage) -> float:
    return float(coverage.weight @ values**2)


def _share(left: Floats, of: Floats, reward: Floats, coverage: Coverage) -> float:
    """Share of some values that is explained; 1 where they are a rounding of the reward."""
    size = _size(of, coverage)
    if size <= 1e-18 * _size(reward, coverage) or size == 0.0:
        return 1.0
    return float(np.clip(1.0 - _size(left, coverage) / size, 0.0, 1.0))
