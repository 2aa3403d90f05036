"""Distances between rewards on recorded transitions, by the code of the exact ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alignenv.benchmarks.audit_jobs import Asked, Question, ask
from alignenv.critique import Evidence
from alignenv.envs.make import EnvRef
from alignenv.reward_design.audit.canonical import dard, epic, minimal, val_potential
from alignenv.reward_design.audit.distance import pearson_distance, return_distance, starc
from alignenv.reward_design.audit.exact import ExactTask
from alignenv.reward_design.audit.measure import coverages
from alignenv.reward_design.audit.transitions import (
    Coverage,
    Floats,
    as_table,
    cover,
    uniform_draws,
)
from alignenv.reward_design.audit.verdict import Distance
from alignenv.reward_design.sandbox import Executor

MOST_STATES = 300
"""Most states on which every pair of them is valued."""


def sampled_distances(
    pool: Executor, ref: EnvRef, total: Floats, evidence: Evidence, other: Question | None
) -> Iterator[Distance]:
    """Distances to another reward, on all that was recorded, on the oracle's, and on others'.

    Args:
        pool: Where programs are valued.
        ref: The task.
        total: What the reward pays on each recorded transition, `(N,)`.
        evidence: What was recorded.
        other: The other reward; None for none.
    """
    if other is None or other.program.kind == "potential":
        return
    asked = Asked(evidence.states, evidence.before, evidence.action, evidence.after, evidence.t)
    pay = ask(pool, ref, [(other.program, asked)])[0].total
    basis = features(evidence.states)
    sizes = (float(np.abs(total).max()), float(np.abs(pay).max()))
    for name, weight in _weights(evidence).items():
        rows = _rows(evidence, weight)
        forms = [minimal(values, rows, evidence.gamma, basis) for values in (total, pay)]
        value = starc(forms[0], forms[1], weight, sizes)
        yield Distance(metric="minimal", coverage=name, against=other.name, value=value)
        value = pearson_distance(total, pay, weight)
        yield Distance(metric="none", coverage=name, against=other.name, value=value)
    returns = [
        np.array([values[r.rows].sum() for r in evidence.recordings]) for values in (total, pay)
    ]
    apart = return_distance(returns[0], returns[1])
    for metric, value in apart._asdict().items():
        yield Distance(metric=metric, coverage="recorded", against=other.name, value=value)


def counterfactual_distances(
    pool: Executor, ref: EnvRef, task: ExactTask, pair: tuple[Question, Question], gamma: float
) -> Iterator[Distance]:
    """EPIC, DARD and VAL-potential of two programs, which look at what cannot happen as well.

    Only on small tasks without chance: every program is valued on every pair of states.

    Args:
        pool: Where programs are valued.
        ref: The task.
        task: Its states.
        pair: The two rewards.
        gamma: The learner's discount factor.
    """
    model = task.model
    if task.is_stochastic or model.n_states > MOST_STATES or not all(map(_is_quick, pair)):
        return
    n, n_actions = model.n_states, model.n_actions
    before, action, after = (part.ravel() for part in np.indices((n, n_actions, n)))
    asked = Asked(
        np.ascontiguousarray(task.records),
        task.shown[before],
        action.astype(np.float64),
        task.shown[after],
        np.ones(before.size),
    )
    paid = ask(pool, ref, [(question.program, asked) for question in pair])
    tables = [one.total.reshape(n, n_actions, n) for one in paid]
    means = [(table * model.transition_matrix()).sum(axis=2) for table in tables]
    policy = np.full((n, n_actions), 1.0 / n_actions)
    for name, shares in coverages(task, means[0], gamma).items():
        rows = cover(model, shares)
        found = {
            "epic": [epic(as_table(t), rows, uniform_draws(model), gamma) for t in tables],
            "dard": [dard(as_table(t), rows, model, policy[0], gamma) for t in tables],
        }
        for metric, (one, two) in found.items():
            value = pearson_distance(one, two, rows.weight)
            yield Distance(metric=metric, coverage=name, against=pair[1].name, value=value)
        forms = [
            val_potential(t[rows.before, rows.action, rows.after], m, model, policy, rows, gamma)
            for t, m in zip(tables, means, strict=True)
        ]
        sizes = (float(np.abs(tables[0]).max()), float(np.abs(tables[1]).max()))
        value = starc(forms[0], forms[1], rows.weight, sizes)
        yield Distance(metric="val_potential", coverage=name, against=pair[1].name, value=value)


def _is_quick(question: Question) -> bool:
    """Whether a program alone is the reward, and compiled."""
    program = question.program
    return program.kind == "reward" and not question.is_added and not program.why_not


def features(states: Floats) -> Floats:
    """What potentials are fitted with: a constant, the fields, and their squares, `(S, F)`."""
    spread = states.std(axis=0)
    varying = states[:, spread > 0.0]
    if not varying.size:
        return np.ones((len(states), 1))
    scaled = (varying - varying.mean(axis=0)) / varying.std(axis=0)
    bent = scaled[:, [len(np.unique(column)) > 2 for column in scaled.T]] ** 2
    return np.column_stack([np.ones(len(states)), scaled, bent])


def _weights(evidence: Evidence) -> dict[str, Floats]:
    """Weights of the rows by who played them."""
    found = {"recorded": np.ones(evidence.n_rows)}
    for name, is_in in (
        ("oracle", lambda label: label == "oracle"),
        ("random", lambda label: label == "random"),
        ("others", lambda label: label not in ("oracle", "random")),
    ):
        weight = np.zeros(evidence.n_rows)
        for recording in evidence.recordings:
            if is_in(recording.label):
                weight[recording.rows] = 1.0
        if weight.any():
            found[name] = weight
    return {name: weight / weight.sum() for name, weight in found.items()}


def _rows(evidence: Evidence, weight: Floats) -> Coverage:
    continues = np.ones(evidence.n_rows)
    for recording in evidence.recordings:
        if recording.terminated and recording.n_steps:
            continues[recording.first + recording.n_steps - 1] = 0.0
    action = np.zeros(evidence.n_rows, dtype=np.int64)
    return Coverage(evidence.before, action, evidence.after, weight, continues)
