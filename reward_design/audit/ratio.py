"""Divergences of visits from samples alone: a discriminator that tells two policies apart.

A classifier of "from the policy" against "from the reference", with equal numbers of both, has the
logarithm of the density ratio as its best logit, and every divergence is a mean of a function of
that ratio. A small network is trained on half of the episodes and read on the other half, both
ways round, so that what it learned by heart counts for nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from alignenv.reward_design.audit.divergence import Divergences
from alignenv.reward_design.audit.transitions import Floats

HIDDEN, N_STEPS, BATCH, RATE = 32, 250, 256, 0.02
"""Units, gradient steps, samples per step of each side, and first learning rate."""


class Network(NamedTuple):
    """One hidden layer beside a linear part, on standardised features.

    Attributes:
        centre: Of the features, `(d,)`.
        spread: The same.
        weights: Input to hidden, hidden biases, hidden to logit, input to logit, and bias.
    """

    centre: Floats
    spread: Floats
    weights: tuple[Floats, ...]

    def log_ratio(self, features: Floats) -> Floats:
        """Logarithm of the density of the policy over that of the reference, `(n,)`."""
        return _forward((features - self.centre) / self.spread, self.weights)[1]


def fit(policy: Floats, reference: Floats, rng: np.random.Generator) -> Network:
    """Train a discriminator.

    Args:
        policy: Features of what the policy visited, `(n, d)`.
        reference: Of what the reference visited, `(m, d)`.
        rng: Of first weights and batches.
    """
    both = np.concatenate([policy, reference])
    centre, spread = both.mean(axis=0), both.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    ours, theirs = (policy - centre) / spread, (reference - centre) / spread
    d = ours.shape[1]
    weights: tuple[Floats, ...] = (
        rng.normal(size=(d, HIDDEN)) / np.sqrt(d),
        np.zeros(HIDDEN),
        np.zeros(HIDDEN),
        np.zeros(d),
        np.zeros(1),
    )
    first = tuple(np.zeros_like(w) for w in weights)
    second = tuple(np.zeros_like(w) for w in weights)
    labels = np.repeat([1.0, 0.0], BATCH)
    for step in range(1, N_STEPS + 1):
        rows = (rng.integers(len(ours), size=BATCH), rng.integers(len(theirs), size=BATCH))
        batch = np.concatenate([ours[rows[0]], theirs[rows[1]]])
        slopes = _slopes(batch, labels, weights)
        first = tuple(0.9 * m + 0.1 * g for m, g in zip(first, slopes, strict=True))
        second = tuple(0.99 * v + 0.01 * g * g for v, g in zip(second, slopes, strict=True))
        rate = RATE * (1.0 - (step - 1) / N_STEPS)
        one, two = 1.0 - 0.9**step, 1.0 - 0.99**step
        weights = tuple(
            w - rate * m / one / (np.sqrt(v / two) + 1e-8)
            for w, m, v in zip(weights, first, second, strict=True)
        )
    return Network(centre, spread, weights)


def _forward(x: Floats, weights: tuple[Floats, ...]) -> tuple[Floats, Floats]:
    inner, bias, outer, direct, constant = weights
    hidden = np.tanh(x @ inner + bias)
    return hidden, hidden @ outer + x @ direct + constant


def _slopes(x: Floats, labels: Floats, weights: tuple[Floats, ...]) -> tuple[Floats, ...]:
    """Gradient of the mean logistic loss."""
    hidden, logit = _forward(x, weights)
    error = (1.0 / (1.0 + np.exp(-np.clip(logit, -40.0, 40.0))) - labels) / len(labels)
    back = error[:, np.newaxis] * weights[2] * (1.0 - hidden**2)
    return x.T @ back, back.sum(axis=0), hidden.T @ error, x.T @ error, error.sum(keepdims=True)


def estimate_divergences(
    policy: Floats, reference: Floats, rng: np.random.Generator
) -> Divergences:
    """Divergences of the policy's visits from the reference's, from samples.

    What the features do not tell apart does not count, and what the reference was not seen to do
    is far, but not infinitely far. Of the three, total variation is the most stable and chi-squared
    the least.

    Args:
        policy: Features of each step of each episode, `(episodes, T, d)`; at least two episodes.
        reference: The same of the reference.
        rng: Of the discriminators.
    """
    parts = []
    for half in (0, 1):
        network = fit(_rows(policy[half::2]), _rows(reference[half::2]), rng)
        ours = network.log_ratio(_rows(policy[1 - half :: 2]))
        theirs = network.log_ratio(_rows(reference[1 - half :: 2]))
        parts.append(_read(ours, theirs))
    kl, chi2, tv = np.mean(parts, axis=0)
    return Divergences(max(float(kl), 0.0), max(float(chi2), 0.0), float(tv))


def _rows(episodes: Floats) -> Floats:
    return episodes.reshape(-1, episodes.shape[-1])


def _read(ours: Floats, theirs: Floats) -> Divergences:
    """Means of functions of the ratio that each divergence is by definition.

    The ratio is first scaled to a mean of 1 under the reference, as every density ratio has.
    """
    top = float(max(ours.max(), theirs.max()))
    shift = top + float(np.log(np.exp(theirs - top).mean()))
    ours, theirs = ours - shift, theirs - shift
    tv = 0.5 * (np.abs(np.tanh(ours / 2)).mean() + np.abs(np.tanh(theirs / 2)).mean())
    return Divergences(float(ours.mean()), float(np.exp(ours).mean()) - 1.0, float(tv))
