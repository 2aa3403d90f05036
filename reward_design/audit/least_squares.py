"""Least squares over potentials: the part of a reward that no potential explains."""

from __future__ import annotations

import numpy as np

from alignenv.reward_design.audit.transitions import Coverage, Floats, Ints, sums

DENSE = 1200
"""Most unknowns that are solved as one dense problem; above that by conjugate gradients."""
TOLERANCE = 1e-13
MOST_ROUNDS = 5000


def residual(values: Floats, coverage: Coverage, gamma: float, basis: Floats | None) -> Floats:
    """Values less the shaping of the potential that explains most of them.

    Minimises `sum_i w_i (values_i + gamma c_i phi(s'_i) - phi(s_i))^2` over all potentials `phi`,
    or over those in the span of a basis, and returns the brackets. Values that differ by the
    shaping of such a potential give the same answer.

    Args:
        values: `(N,)`.
        coverage: The transitions they belong to.
        gamma: Discount factor.
        basis: Features of each state, `(S, F)`; None for one per state.
    """
    if basis is None:
        states, flat = np.unique(
            np.concatenate([coverage.before, coverage.after]), return_inverse=True
        )
        before, after = flat[: values.size], flat[values.size :]
        if states.size > DENSE:
            return _iterate(values, coverage, gamma, (before, after, states.size))
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
    values: Floats, coverage: Coverage, gamma: float, numbers: tuple[Ints, Ints, int]
) -> Floats:
    """The same by conjugate gradients (CGLS), for one unknown per state."""
    before, after, n = numbers
    root = np.sqrt(coverage.weight)
    scale = gamma * coverage.continues * root

    def forward(potential: Floats) -> Floats:
        made: Floats = scale * potential[after] - root * potential[before]
        return made

    def backward(rows: Floats) -> Floats:
        return sums(after, scale * rows, n) - sums(before, root * rows, n)

    left = root * values
    slope = -backward(left)
    direction, size = slope, float(slope @ slope)
    goal = TOLERANCE**2 * max(size, np.finfo(float).tiny)
    potential = np.zeros(n)
    for _ in range(MOST_ROUNDS):
        if size <= goal:
            break
        change = forward(direction)
        step = size / float(change @ change)
        potential += step * direction
        left = left + step * change
        slope = -backward(left)
        size, former = float(slope @ slope), size
        direction = slope + size / former * direction
    found: Floats = values + gamma * coverage.continues * potential[after] - potential[before]
    return found
