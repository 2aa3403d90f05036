"""Least squares over potentials: the part of a reward that no potential explains."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alignenv.reward_design.audit.transitions import Coverage, Floats, Ints, sums

DENSE = 300
"""Most unknowns that are solved as one dense problem; above that by conjugate gradients."""
TOLERANCE = 1e-13
MOST_ROUNDS = 5000


def residual(
    values: Floats,
    coverage: Coverage,
    gamma: float,
    basis: Floats | None,
    tolerance: float = TOLERANCE,
) -> Floats:
    """Values less the shaping of the potential that explains most of them.

    Minimises `sum_i w_i (values_i + gamma c_i phi(s'_i) - phi(s_i))^2` over all potentials `phi`,
    or over those in the span of a basis, and returns the brackets. Values that differ by the
    shaping of such a potential give the same answer.

    Args:
        values: `(N,)`.
        coverage: The transitions they belong to.
        gamma: Discount factor.
        basis: Features of each state, `(S, F)`; None for one per state.
        tolerance: Error of large problems, as a share of what their equations ask for.
    """
    if basis is None:
        states, flat = np.unique(
            np.concatenate([coverage.before, coverage.after]), return_inverse=True
        )
        before, after = flat[: values.size], flat[values.size :]
        if states.size > DENSE:
            return _iterate(values, coverage, gamma, (before, after, states.size), tolerance)
        basis = np.eye(states.size)
    else:
        before, after = coverage.before, coverage.after
    root = np.sqrt(coverage.weight)
    scale = (gamma * coverage.continues * root)[:, np.newaxis]
    design = scale * basis[after] - root[:, np.newaxis] * basis[before]
    solution = np.linalg.lstsq(design, -root * values, rcond=1e-12)[0]
    potential = basis @ solution
    left: Floats = values + gamma * coverage.continues * potential[after] - potential[before]
    return left


def _iterate(
    values: Floats,
    coverage: Coverage,
    gamma: float,
    numbers: tuple[Ints, Ints, int],
    tolerance: float,
) -> Floats:
    """The same by conjugate gradients on the normal equations, for one unknown per state."""
    before, after, n = numbers
    equations, right = _normal_equations(values, coverage, gamma, numbers)
    potential, left, direction = np.zeros(n), right, right.copy()
    size = _dot(right, right)
    goal = tolerance**2 * max(size, np.finfo(float).tiny)
    for _ in range(MOST_ROUNDS):
        if size <= goal:
            break
        change = equations.times(direction)
        step = size / _dot(direction, change)
        potential += step * direction
        left -= step * change
        size, former = _dot(left, left), size
        direction *= size / former
        direction += left
    found: Floats = values + gamma * coverage.continues * potential[after] - potential[before]
    return found


class _Symmetric(NamedTuple):
    """A sparse symmetric matrix.

    Attributes:
        diagonal: `(n,)`.
        low: Row of each other entry above the diagonal, `(E,)`.
        high: Its column, `(E,)`.
        weight: Its value, `(E,)`.
    """

    diagonal: Floats
    low: Ints
    high: Ints
    weight: Floats

    def times(self, vector: Floats) -> Floats:
        """Product with a vector, `(n,)`."""
        n = self.diagonal.size
        above = sums(self.low, self.weight * vector[self.high], n)
        below = sums(self.high, self.weight * vector[self.low], n)
        product: Floats = self.diagonal * vector + above + below
        return product


def _normal_equations(
    values: Floats, coverage: Coverage, gamma: float, numbers: tuple[Ints, Ints, int]
) -> tuple[_Symmetric, Floats]:
    """Matrix and right side; transitions between the same two states share an entry."""
    before, after, n = numbers
    weight, kept = coverage.weight, gamma * coverage.continues
    right = sums(before, weight * values, n) - sums(after, kept * weight * values, n)
    diagonal = sums(before, weight, n) + sums(after, kept**2 * weight, n)
    pairs, index = np.unique(
        np.minimum(before, after) * n + np.maximum(before, after), return_inverse=True
    )
    cross = -sums(index, kept * weight, pairs.size)
    low, high = pairs // n, pairs % n
    loops = low == high
    diagonal += 2 * sums(low[loops], cross[loops], n)
    return _Symmetric(diagonal, low[~loops], high[~loops], cross[~loops]), right


def _dot(first: Floats, second: Floats) -> float:
    """Inner product without BLAS, whose threads get into each other's way on a busy machine."""
    return float(np.einsum("i,i->", first, second))
