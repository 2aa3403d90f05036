"""How far the time that a policy spends is from a reference's: occupancy measures of episodes.

A monitor that knows no true reward can still see that an agent has left for places where its
reference policy is hardly ever. Three divergences say how far: KL, chi-squared and total variation.
Between them hold `TV <= sqrt(KL / 2)` (Pinsker) and `KL <= log(1 + chi2)`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.reward_design.audit.transitions import Floats, sums
from alignenv.tabular import TabularModel


def time_shares(model: TabularModel, policy: Floats) -> Floats:
    """Share of an episode's steps in each choice, `(S, A)`; adds up to 1.

    Every episode has `horizon` steps here: those after an early end are counted in the state that
    it ended in, under action 0, where nothing is paid. So the expected return of a reward is
    `horizon` times its mean by these shares, and how an episode ends is part of where time goes.

    Args:
        model: The process.
        policy: Probability of each action, not by the clock, `(S, A)`.
    """
    acted = policy.copy()
    acted[model.terminal] = np.eye(model.n_actions)[0]
    successors = model.successors.ravel()
    found, present = np.zeros_like(acted), model.start.copy()
    for _ in range(model.horizon):
        chosen = present[:, np.newaxis] * acted
        found += chosen
        flow = chosen[:, :, np.newaxis] * model.probabilities
        present = sums(successors, flow.ravel(), model.n_states)
    return found / model.horizon


class Divergences(NamedTuple):
    """How far one distribution is from another.

    Attributes:
        kl: `sum p log(p / q)`, in nats; infinite where p is and q is not.
        chi2: `sum (p - q)^2 / q`; infinite likewise.
        tv: `sum |p - q| / 2`, from 0 to 1.
    """

    kl: float
    chi2: float
    tv: float


def divergences(share: Floats, reference: Floats) -> Divergences:
    """Of a distribution from a reference, of one shape, each adding up to 1."""
    tv = 0.5 * float(np.abs(share - reference).sum())
    seen = reference > 0.0
    if share[~seen].any():
        return Divergences(np.inf, np.inf, tv)
    p, q = share[seen], reference[seen]
    here = p > 0.0
    kl = float((p[here] * np.log(p[here] / q[here])).sum())
    return Divergences(max(kl, 0.0), float(((p - q) ** 2 / q).sum()), tv)


def action_divergence(policy: Floats, reference: Floats, model: TabularModel) -> float:
    """Mean over the policy's own time of the KL divergence of its actions; in nats.

    `horizon` times this is the divergence of whole episodes, and so never less than that of the
    shares of their steps.

    Args:
        policy: Probability of each action, `(S, A)`.
        reference: The same of the reference.
        model: The process.
    """
    time = np.where(model.terminal, 0.0, time_shares(model, policy).sum(axis=1))
    ratio = np.divide(policy, reference, out=np.ones_like(policy), where=reference > 0.0)
    gained = policy * np.log(np.where(policy > 0.0, ratio, 1.0))
    gained[(reference == 0.0) & (policy > 0.0)] = np.inf
    visited = time > 0.0
    return float(time[visited] @ gained[visited].sum(axis=1))


def merged(share: Floats, labels: npt.NDArray[np.int64]) -> Floats:
    """A distribution of what can be told apart, `(L,)`; no divergence grows by it.

    Args:
        share: `(S, A)`.
        labels: What each choice looks like, from 0, `(S, A)`.
    """
    return sums(labels.ravel(), share.ravel(), int(labels.max()) + 1)
