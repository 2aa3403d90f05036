"""Every distance between a reward and another, under several coverages, on listed states."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alignenv.reward_design.audit.canonical import minimal_choice, val
from alignenv.reward_design.audit.distance import pearson_distance, return_distance, starc
from alignenv.reward_design.audit.exact import ExactTask
from alignenv.reward_design.audit.planning import optimise, visits
from alignenv.reward_design.audit.transitions import Floats, every_choice
from alignenv.reward_design.audit.verdict import Distance
from alignenv.seeding import generator
from alignenv.tabular import TabularModel

MOST_STATES = 20_000
"""Most states that distances are measured on; above that they are left out, and it is said."""
N_EPISODES = 256
"""Episodes of random play whose returns are compared."""


def coverages(task: ExactTask, pay: Floats, gamma: float) -> dict[str, Floats]:
    """What distances are measured on: shares of choices, `(S, A)`, by name.

    `every choice` counts all alike; `random`, `best paid` and `meant` count the discounted visits
    of random play, of the best paid and of a truly best behaviour; `mixed` is half of each of the
    last two.
    """
    model = task.model
    uniform = np.full((model.n_states, model.n_actions), 1.0 / model.n_actions)
    alive = np.where(model.terminal[:, np.newaxis], 0.0, every_choice(model))
    found = {"every choice": alive, "random": visits(model, uniform, gamma)}
    for name, reward in (("best paid", pay), ("meant", model.hidden)):
        best = optimise(model, reward, gamma).best
        found[name] = visits(model, best / best.sum(axis=1, keepdims=True), gamma)
    found = {name: shares / shares.sum() for name, shares in found.items()}
    found["mixed"] = 0.5 * found["best paid"] + 0.5 * found["meant"]
    return found


def measure(
    task: ExactTask, pay: Floats, other: Floats, against: str, gamma: float
) -> Iterator[Distance]:
    """Distances of two rewards over choices; which transitions cannot happen plays no part.

    The canonical form is that of the whole process; a coverage says how much each entry counts.

    Args:
        task: The task.
        pay: Mean pay of each choice, `(S, A)`.
        other: Mean pay by the other reward, `(S, A)`.
        against: Its name.
        gamma: The learner's discount factor.
    """
    model = task.model
    everywhere = every_choice(model)
    policy = np.full((model.n_states, model.n_actions), 1.0 / model.n_actions)
    forms = {
        "minimal": [minimal_choice(r, model, everywhere, gamma) for r in (pay, other)],
        "val": [val(r, model, policy, gamma) for r in (pay, other)],
    }
    sizes = (float(np.abs(pay).max()), float(np.abs(other).max()))
    shares = coverages(task, pay, gamma)
    for metric, (one, two) in forms.items():
        for name, weight in shares.items():
            yield Distance(
                metric=metric,
                coverage=name,
                against=against,
                value=starc(one, two, weight, sizes),
            )
    for name, weight in shares.items():
        value = pearson_distance(pay.ravel(), other.ravel(), weight.ravel())
        yield Distance(metric="none", coverage=name, against=against, value=value)
    returns = _returns(model, (pay, other))
    apart = return_distance(returns[0], returns[1])
    for metric, value in apart._asdict().items():
        yield Distance(metric=metric, coverage="random", against=against, value=value)


def _returns(model: TabularModel, rewards: tuple[Floats, Floats]) -> Floats:
    """Undiscounted returns of episodes of random play, `(2, N_EPISODES)`; equal every time."""
    rng = generator(0, "audit", "returns")
    state = rng.choice(model.n_states, size=N_EPISODES, p=model.start)
    total = np.zeros((2, N_EPISODES))
    for _ in range(model.horizon):
        action = rng.integers(model.n_actions, size=N_EPISODES)
        alive = ~model.terminal[state]
        for i, reward in enumerate(rewards):
            total[i] += np.where(alive, reward[state, action], 0.0)
        chance = model.probabilities[state, action].cumsum(axis=1)
        pick = (rng.random(N_EPISODES)[:, np.newaxis] > chance).sum(axis=1)
        pick = np.minimum(pick, chance.shape[1] - 1)
        state = model.successors[state, action, pick]
    return total
