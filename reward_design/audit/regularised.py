"""Optima that stay near a reference policy, exactly: by actions, or by what is visited.

An agent whose reward is only good near a reference can be kept there. `stay_by_action` charges the
divergence of its actions, `stay_by_visits` that of its visits (Laidlaw, Singhal and Dragan,
"Correlated proxies: a new definition and improved mitigation for reward hacking", ICLR 2025). Both
are solved here to a stated precision, so that learned versions have something to be compared with.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alignenv.errors import UnknownName
from alignenv.reward_design.audit.planning import optimise
from alignenv.reward_design.audit.transitions import Floats
from alignenv.tabular import TabularModel

DIVERGENCES = ("kl", "root-chi2")
_TOLERANCE = 1e-10
_OFF_THE_KINK = 0.01


def stay_by_action(
    model: TabularModel, reward: Floats, reference: Floats, price: float, gamma: float
) -> Floats:
    """The policy that maximises discounted reward less `price * KL(actions | reference's)`.

    Args:
        model: The process.
        reward: Mean pay of each choice, `(S, A)`.
        reference: Its probabilities of actions, all above 0, `(S, A)`.
        price: Of one nat of divergence, above 0.
        gamma: Discount factor below 1.

    Returns:
        Probability of each action, `(S, A)`.
    """
    pay = np.where(model.terminal[:, np.newaxis], 0.0, reward)
    values = np.zeros(model.n_states)
    limit = _TOLERANCE * max(1.0, float(np.abs(pay).max()))
    while True:
        logits = (pay + gamma * model.expect(values)) / price
        top = logits.max(axis=1, keepdims=True)
        weights = reference * np.exp(logits - top)
        total = weights.sum(axis=1, keepdims=True)
        updated = np.where(model.terminal, 0.0, price * (top + np.log(total))[:, 0])
        if np.abs(updated - values).max() <= limit:
            return np.asarray(weights / total)
        values = updated


def occupancy(model: TabularModel, policy: Floats, gamma: float) -> Floats:
    """Share of discounted time in each choice, `(S, A)`; adds up to 1 where nothing ends.

    Args:
        model: The process; its transition matrix is built.
        policy: Probability of each action, `(S, A)`.
        gamma: Discount factor below 1.
    """
    alive = ~model.terminal
    moves = np.einsum("sa,sat->st", policy, model.transition_matrix()) * alive[:, np.newaxis]
    visited = np.linalg.solve(np.eye(model.n_states) - gamma * moves.T, model.start)
    share: Floats = (1.0 - gamma) * np.where(alive, visited, 0.0)[:, np.newaxis] * policy
    return share


class Stayed(NamedTuple):
    """An optimum over visits.

    Attributes:
        policy: Probability of each action, `(S, A)`.
        value: Mean reward less the price of divergence.
        gap: How much more at most any policy gets.
    """

    policy: Floats
    value: float
    gap: float


def divergence(kind: str, share: Floats, reference: Floats) -> float:
    """How far a share of time is from a reference that is above 0 wherever it is.

    Args:
        kind: `kl`, or `root-chi2`: the root of the chi-squared divergence.
        share: `(S, A)`.
        reference: `(S, A)`.

    Raises:
        UnknownName: Another `kind`.
    """
    if kind not in DIVERGENCES:
        raise UnknownName.of("divergence", kind, DIVERGENCES)
    seen = reference > 0.0
    ratio = share[seen] / reference[seen]
    if kind == "kl":
        return float((share[seen] * np.log(np.maximum(ratio, 1e-300))).sum())
    return float(np.sqrt(max(float((share[seen] * ratio).sum()) - 1.0, 0.0)))


def stay_by_visits(
    model: TabularModel,
    reward: Floats,
    reference: Floats,
    price: float,
    gamma: float,
    kind: str = "root-chi2",
    n_rounds: int = 300,
) -> Stayed:
    """Maximise mean reward less `price` times the divergence of visits, by Frank and Wolfe.

    Every round plans for the gradient of the objective and goes part of the way to that plan's
    visits; the gradient also bounds how much is still to be had. By the inequality of Cauchy and
    Schwarz, nothing is to be had at all where a unit of root-chi-squared costs a deviation of the
    reward under the reference, or more.

    Args:
        model: The process.
        reward: Mean pay of each choice, `(S, A)`.
        reference: Policy to stay near, `(S, A)`; visits what it should ever be allowed to.
        price: Of one unit of divergence.
        gamma: Discount factor below 1.
        kind: One of `DIVERGENCES`.
        n_rounds: Most rounds.
    """
    anchor = occupancy(model, reference, gamma)
    share, gap = anchor.copy(), np.inf
    mean = float((reward * anchor).sum())
    if kind == "root-chi2":  # which has a kink at the reference
        if price >= np.sqrt((anchor * (reward - mean) ** 2).sum()):
            return Stayed(reference, mean, 0.0)
        share = anchor + _OFF_THE_KINK * (_corner(model, reward, anchor, gamma) - anchor)
    for _ in range(n_rounds):
        slope = reward - price * _slope(kind, share, anchor)
        corner = _corner(model, slope, anchor, gamma)
        gap = float((slope * (corner - share)).sum())
        if gap <= 1e-7 * max(1.0, float(np.abs(reward).max())):
            break
        step = _line_search(kind, share, corner, anchor, reward, price)
        share = share + step * (corner - share)
    total = share.sum(axis=1, keepdims=True)
    policy = np.where(total > 1e-12, share / np.maximum(total, 1e-300), reference)
    value = float((reward * share).sum()) - price * divergence(kind, share, anchor)
    return Stayed(policy, value, max(gap, 0.0))


def _corner(model: TabularModel, slope: Floats, anchor: Floats, gamma: float) -> Floats:
    """Visits of a plan for a gradient."""
    best = optimise(model, slope, gamma, anchor > 0.0).best
    return occupancy(model, np.eye(model.n_actions)[best.argmax(axis=1)], gamma)


def _slope(kind: str, share: Floats, anchor: Floats) -> Floats:
    """Gradient of the divergence; of a root at 0, which has none, the zero vector."""
    ratio = np.divide(share, anchor, out=np.zeros_like(share), where=anchor > 0.0)
    if kind == "kl":
        return np.log(np.maximum(ratio, 1e-12)) + 1.0
    size = divergence(kind, share, anchor)
    return ratio / size if size > 1e-9 else np.zeros_like(share)


def _line_search(
    kind: str, share: Floats, corner: Floats, anchor: Floats, reward: Floats, price: float
) -> float:
    """How far to go towards a corner, by thirds: the objective is concave."""
    low, high = 0.0, 1.0

    def value(step: float) -> float:
        there = share + step * (corner - share)
        return float((reward * there).sum()) - price * divergence(kind, there, anchor)

    for _ in range(60):
        one, two = low + (high - low) / 3.0, high - (high - low) / 3.0
        if value(one) < value(two):
            low = one
        else:
            high = two
    return 0.5 * (low + high)
