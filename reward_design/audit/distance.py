"""Distances between canonical forms, and what they promise about regret."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alignenv.reward_design.audit.transitions import Floats

ZERO = 1e-9
"""Forms shorter than this share of the reward they came from count as zero."""


def norm(form: Floats, weight: Floats, order: float = 2.0) -> float:
    """Weighted norm of a form: `(sum w |c|^p)^(1/p)`, or the largest entry for infinity."""
    size = np.abs(form)
    if np.isinf(order):
        return float(size[weight > 0].max(initial=0.0))
    return float((weight * size**order).sum() ** (1.0 / order))


def chord(
    one: Floats,
    two: Floats,
    weight: Floats,
    *,
    scale: float = 2.0,
    measure: float = 2.0,
    floor: tuple[float, float] = (0.0, 0.0),
) -> float:
    """Distance of two forms, each brought to length 1; a form of length 0 stays 0.

    Args:
        one: Canonical form of the first reward.
        two: Of the second.
        weight: Of their entries.
        scale: Order of the norm that brings them to length 1.
        measure: Order of the norm of their difference.
        floor: Lengths up to which each form counts as zero.

    Returns:
        At least 0; at most 2 when both orders are equal.
    """
    first, second = _unit(one, weight, scale, floor[0]), _unit(two, weight, scale, floor[1])
    return norm(first - second, weight, measure)


def _unit(form: Floats, weight: Floats, order: float, floor: float) -> Floats:
    length = norm(form, weight, order)
    return np.zeros_like(form) if length <= floor else form / length


def starc(one: Floats, two: Floats, weight: Floats, sizes: tuple[float, float]) -> float:
    """Half the chord in the weighted 2-norm: 0 for the same preferences, 1 for opposite ones.

    Args:
        one: Canonical form of the first reward.
        two: Of the second.
        weight: Of their entries.
        sizes: Norms of the rewards that they came from; what is left of a reward that only
            shapes is rounding, and counts as zero.
    """
    floor = (ZERO * sizes[0], ZERO * sizes[1])
    return 0.5 * chord(one, two, weight, floor=floor)


def pearson(one: Floats, two: Floats, weight: Floats | None = None) -> float:
    """Weighted correlation; NaN where one of the two does not vary."""
    shares = np.full(one.size, 1.0 / one.size) if weight is None else weight / weight.sum()
    a, b = one - shares @ one, two - shares @ two
    spread = np.sqrt((shares @ a**2) * (shares @ b**2))
    sizes = np.sqrt((shares @ one**2) * (shares @ two**2))
    if spread <= ZERO**2 * sizes or spread == 0.0:
        return float("nan")
    return float(np.clip((shares @ (a * b)) / spread, -1.0, 1.0))


def pearson_distance(one: Floats, two: Floats, weight: Floats | None = None) -> float:
    """`sqrt((1 - rho) / 2)`, from 0 to 1; 1/sqrt(2) where the correlation is not defined.

    That is the distance of two forms that have nothing to do with each other, as of one that says
    nothing.
    """
    rho = pearson(one, two, weight)
    return float(np.sqrt((1.0 - (0.0 if np.isnan(rho) else rho)) / 2.0))


def ranks(values: Floats) -> Floats:
    """Ranks from 1, ties share the mean of theirs."""
    _, index, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: Floats = (last - (counts - 1) / 2.0)[index]
    return middle


def spearman(one: Floats, two: Floats) -> float:
    """Correlation of ranks; NaN where one of the two does not vary."""
    return pearson(ranks(one), ranks(two))


class ReturnDistance(NamedTuple):
    """How differently two rewards rate the same episodes.

    Attributes:
        pearson: Distance by the correlation of returns, 0 to 1.
        spearman: By the correlation of their ranks.
    """

    pearson: float
    spearman: float


def return_distance(one: Floats, two: Floats) -> ReturnDistance:
    """Distance of episode returns under two rewards, after Gleave et al. (2021), section 6.

    Args:
        one: Returns of episodes under the first reward, `(n,)`.
        two: Returns of the same episodes under the second.
    """
    return ReturnDistance(pearson_distance(one, two), pearson_distance(ranks(one), ranks(two)))


def regret_bound(one: Floats, two: Floats, occupancies: tuple[Floats, Floats]) -> float:
    """The most that a policy can lose under the first reward by being better under the second.

    For policies 1 and 2 with `J2(2) >= J2(1)`:
    `J1(1) - J1(2) <= |c1| |eta1 - eta2| |c1/|c1| - c2/|c2||`, all norms unweighted. A canonical
    form changes the return of every policy by the same amount, and what the second form gains is
    subtracted from the first.

    Args:
        one: Canonical form of the first reward over choices, `(S, A)`; of shaping invariance, and
            0 where the episode is over.
        two: Of the second.
        occupancies: Discounted visits of both policies, not normalised, `(S, A)`.
    """
    flat, same = np.ones(one.size), (one.ravel(), two.ravel())
    apart = float(np.linalg.norm(occupancies[0] - occupancies[1]))
    return norm(same[0], flat) * apart * chord(same[0], same[1], flat)
