"""Distances between rewards on recorded transitions, by the code of the exact ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from alignenv.benchmarks.audit_jobs import Asked, Question, ask
from alignenv.critique import Evidence
from alignenv.envs.make import EnvRef
from alignenv.reward_design.audit.canonical import minimal
from alignenv.reward_design.audit.distance import pearson_distance, return_distance, starc
from alignenv.reward_design.audit.transitions import Coverage, Floats
from alignenv.reward_design.audit.verdict import Distance
from alignenv.reward_design.sandbox import Executor


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
