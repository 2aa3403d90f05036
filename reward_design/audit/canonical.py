"""Canonical forms: what is left of a reward once changes without effect on agents are taken out.

Two rewards of one process rank policies alike when they differ by potential shaping, by a positive
factor and by how the pay of an action is spread over its outcomes. Each function maps a reward to
one representative of all that some of these changes lead to.

Sources: Gleave et al., "Quantifying differences in reward functions" (ICLR 2021) for EPIC; Wulfe
et al., "Dynamics-aware comparison of learned reward functions" (ICLR 2022) for DARD; Skalse et
al., "STARC: a general framework for quantifying differences between reward functions" (ICLR 2024)
for the other three.
"""

from __future__ import annotations

import numpy as np

from alignenv.reward_design.audit.least_squares import residual
from alignenv.reward_design.audit.transitions import Coverage, Draws, Floats, Ints, RewardTable
from alignenv.tabular import TabularModel

_TOLERANCE = 1e-12
_DENSE = 1200


def minimal(
    reward: Floats, coverage: Coverage, gamma: float, basis: Floats | None = None
) -> Floats:
    """The shortest form, in closed form: the residual of a reward on all shapings.

    With one unknown per state and all outcomes of a process this is exact; with a basis and drawn
    transitions it is the estimate. Give the mean reward of a choice, and it is also blind to how
    pay is spread over outcomes.

    Args:
        reward: Of each transition, `(N,)`.
        coverage: The transitions.
        gamma: Discount factor.
        basis: Features of each state that a potential may use, `(S, F)`; None for one per state.

    Returns:
        `(N,)`, shortest in the norm that the weights define.
    """
    return residual(reward, coverage, gamma, basis)


def minimal_choice(mean: Floats, model: TabularModel, shares: Floats, gamma: float) -> Floats:
    """`minimal` over choices: the residual of mean rewards on `gamma E phi(s') - phi(s)`.

    Args:
        mean: Mean reward of each choice, `(S, A)`.
        model: The process.
        shares: How much each choice counts, `(S, A)`; those of terminal states do not.
        gamma: Discount factor.

    Returns:
        `(S, A)`; 0 where nothing is chosen or nothing counts.
    """
    usable = np.where(model.terminal[:, np.newaxis], 0.0, shares)
    state, action = np.nonzero(usable > 0.0)
    found = np.zeros_like(mean)
    if model.successors.shape[2] == 1:
        after = model.successors[state, action, 0]
        continues = np.where(model.terminal[after], 0.0, 1.0)
        rows = Coverage(state, action, after, usable[state, action], continues)
        found[state, action] = residual(mean[state, action], rows, gamma, None)
        return found
    design = np.zeros((state.size, model.n_states))
    row = np.arange(state.size)
    for k in range(model.successors.shape[2]):
        after = model.successors[state, action, k]
        chance = model.probabilities[state, action, k] * ~model.terminal[after]
        np.add.at(design, (row, after), gamma * chance)
    np.add.at(design, (row, state), -1.0)
    root = np.sqrt(usable[state, action])[:, np.newaxis]
    values = mean[state, action]
    solution = np.linalg.lstsq(root * design, -root[:, 0] * values, rcond=1e-12)[0]
    found[state, action] = values + design @ solution
    return found


def policy_values(mean: Floats, model: TabularModel, policy: Floats, gamma: float) -> Floats:
    """Discounted value of each state under a policy, `(S,)`; 0 where the episode is over.

    Args:
        mean: Mean reward of each choice, `(S, A)`.
        model: The process.
        policy: Probability of each action, `(S, A)`.
        gamma: Discount factor below 1.
    """
    alive = ~model.terminal
    income = np.where(alive, (policy * mean).sum(axis=1), 0.0)
    if model.n_states <= _DENSE:
        moves = np.einsum("sa,sat->st", policy, model.transition_matrix()) * alive[:, np.newaxis]
        return np.asarray(np.linalg.solve(np.eye(model.n_states) - gamma * moves, income))
    values = np.zeros(model.n_states)
    limit = _TOLERANCE * max(1.0, float(np.abs(income).max()))
    while True:
        updated = income + gamma * alive * (policy * model.expect(values)).sum(axis=1)
        if np.abs(updated - values).max() <= limit:
            return np.asarray(updated)
        values = updated


def val(mean: Floats, model: TabularModel, policy: Floats, gamma: float) -> Floats:
    """Advantage of each choice under a fixed policy, `(S, A)`."""
    values = policy_values(mean, model, policy, gamma)
    later = model.expect(np.where(model.terminal, 0.0, values))
    found: Floats = mean + gamma * later - values[:, np.newaxis]
    return np.where(model.terminal[:, np.newaxis], 0.0, found)


def val_potential(
    reward: Floats,
    mean: Floats,
    model: TabularModel,
    policy: Floats,
    coverage: Coverage,
    gamma: float,
) -> Floats:
    """A reward shaped by the values of a fixed policy, `(N,)`; tells outcomes apart.

    Args:
        reward: Of each transition, `(N,)`.
        mean: Mean reward of each choice, `(S, A)`.
        model: The process.
        policy: Probability of each action, `(S, A)`.
        coverage: The transitions.
        gamma: Discount factor below 1.
    """
    values = policy_values(mean, model, policy, gamma)
    shaped: Floats = reward - values[coverage.before]
    shaped += gamma * coverage.continues * values[coverage.after]
    return shaped


def epic(reward: RewardTable, coverage: Coverage, draws: Draws, gamma: float) -> Floats:
    """EPIC's form of each transition of a coverage, `(N,)`.

    It asks for the reward of transitions that cannot happen. The last term, a constant, is the
    mean over the states of `draws`, so that shaping cancels exactly and not on average.

    Args:
        reward: The reward; asked for every state of the coverage with every pair of `draws`.
        coverage: The transitions.
        draws: Independent actions and next states.
        gamma: Discount factor.
    """
    needed = np.unique(np.concatenate([coverage.before, coverage.after, draws.after]))
    shape = (needed.size, draws.action.size)
    paid = reward(
        np.broadcast_to(needed[:, np.newaxis], shape),
        np.broadcast_to(draws.action, shape),
        np.broadcast_to(draws.after, shape),
    )
    means = paid @ draws.weight
    at = {
        name: np.searchsorted(needed, states)
        for name, states in (
            ("before", coverage.before),
            ("after", coverage.after),
            ("draws", draws.after),
        )
    }
    direct = reward(coverage.before, coverage.action, coverage.after)
    overall = float(means[at["draws"]] @ draws.weight)
    form: Floats = direct + gamma * means[at["after"]] - means[at["before"]] - gamma * overall
    return form


def dard(
    reward: RewardTable, coverage: Coverage, model: TabularModel, shares: Floats, gamma: float
) -> Floats:
    """DARD's form of each transition of a coverage, `(N,)`.

    `R(s,a,s') + E[g R(s',A,S'') - R(s,A,S') - g R(S',A,S'')]` with one action `A`, `S'` after `s`
    and `S''` after `s'`; only the last term asks for transitions that cannot happen.

    Args:
        reward: The reward.
        coverage: The transitions.
        model: The process.
        shares: Probability of each action `A`, `(A,)`.
        gamma: Discount factor.
    """
    needed = np.unique(np.concatenate([coverage.before, coverage.after]))
    income = _income(reward, needed, model, shares)
    before = np.searchsorted(needed, coverage.before)
    after = np.searchsorted(needed, coverage.after)
    direct = reward(coverage.before, coverage.action, coverage.after)
    crossed = _crossed(reward, coverage, model, shares)
    form: Floats = direct + gamma * income[after] - income[before] - gamma * crossed
    return form


def _income(reward: RewardTable, states: Ints, model: TabularModel, shares: Floats) -> Floats:
    """Mean reward from each state when actions are drawn."""
    after, chance = model.successors[states], model.probabilities[states]
    action = np.broadcast_to(np.arange(model.n_actions)[:, np.newaxis], after.shape[1:])
    before = np.broadcast_to(states[:, np.newaxis, np.newaxis], after.shape)
    paid = reward(before, np.broadcast_to(action, after.shape), after)
    total: Floats = ((paid * chance).sum(axis=2)) @ shares
    return total


def _crossed(
    reward: RewardTable, coverage: Coverage, model: TabularModel, shares: Floats
) -> Floats:
    """Mean of `R(S', A, S'')`; pairs of states are asked for once."""
    pairs = np.column_stack([coverage.before, coverage.after])
    unique, index = np.unique(pairs, axis=0, return_inverse=True)
    total = np.zeros(len(unique))
    n_outcomes = model.successors.shape[2]
    for a in range(model.n_actions):
        one, two = model.successors[unique[:, 0], a], model.successors[unique[:, 1], a]
        p_one, p_two = model.probabilities[unique[:, 0], a], model.probabilities[unique[:, 1], a]
        shape = (len(unique), n_outcomes, n_outcomes)
        paid = reward(
            np.broadcast_to(one[:, :, np.newaxis], shape),
            np.full(shape, a),
            np.broadcast_to(two[:, np.newaxis, :], shape),
        )
        total += shares[a] * np.einsum("nij,ni,nj->n", paid, p_one, p_two)
    crossed: Floats = total[index.reshape(-1)]
    return crossed
