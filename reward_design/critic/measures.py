"""What a program pays for success and for failure, on what was recorded of a task.

Pure functions of evidence and payments. A comparison always begins at the same state: episodes
of one layout, or the next steps of the oracle against those of players that left its way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from alignenv.critique import Evidence, Floats, Payments, Recording
from alignenv.reward_design.critic.graph import Walk, best_failing_walk

STEPS = 8
"""Steps of a window, in which the oracle is compared with who left its way."""


LEAST = 3
"""Fewest steps of a window."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contest:
    """Success against failure on one layout, by discounted pay.

    Attributes:
        layout: Number of the layout.
        success: Pay of the best recorded success; of the oracle's, where success is a matter of
            the whole episode, so that what succeeds may still take its share of an exploit.
        failure: Pay of the best failure: recorded whole, or walked through what was recorded.
        player: The recorded failure that it is; None for a walk.
        walk: The walk; None for a recording.
    """

    layout: int
    success: float
    failure: float
    player: Recording | None = None
    walk: Walk | None = None

    @property
    def is_lost(self) -> bool:
        """Whether failing pays as much as success, or more."""
        return self.failure >= self.success - 1e-9 * max(1.0, abs(self.success))


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Some steps of the oracle, and of others from the same state.

    Attributes:
        layout: Number of the layout.
        step: Where it begins, in steps of the oracle's episode.
        n_steps: Its length.
        lead: Pay of the oracle less the mean of the others'.
    """

    layout: int
    step: int
    n_steps: int
    lead: float


def contests(evidence: Evidence, total: Floats) -> list[Contest]:
    """One contest per layout on which success and some whole failure were recorded."""
    found = []
    at_once = any(r.success and r.terminated for r in evidence.recordings)
    for reference, group in _layouts(evidence):
        pay = {r.first: discounted(evidence, total, reference, r) for r in group}
        success = pay[reference.first]
        if at_once:
            success = max(pay[r.first] for r in group if r.success)
        losers = [r for r in group if not r.success and _is_whole(evidence, r)]
        best = max(losers, key=lambda r: pay[r.first], default=None)
        failure = pay[best.first] if best else -np.inf
        walk = None
        if at_once:  # else a walk that does not end says nothing of success
            walk = best_failing_walk(evidence, total, group, evidence.gamma)
            if walk.value > failure:
                best, failure = None, walk.value
            else:
                walk = None
        if np.isfinite(failure):
            found.append(
                Contest(
                    layout=reference.layout,
                    success=success,
                    failure=failure,
                    player=best,
                    walk=walk,
                )
            )
    return found


def windows(evidence: Evidence, values: Floats) -> list[Window]:
    """The oracle's lead over others in the next steps, before it succeeds."""
    found = []
    for reference, group in _layouts(evidence):
        tails: dict[int, list[Recording]] = {}
        for r in group:
            if r.label not in ("oracle", "disturbed"):
                tails.setdefault(r.branch, []).append(r)
        for step, others in sorted(tails.items()):
            n = min(STEPS, reference.n_steps - 1 - step)
            sums = [values[r.first : r.first + n].sum() for r in others if r.n_steps >= n]
            if n >= LEAST and len(sums) >= 3:
                own = values[reference.first + step : reference.first + step + n].sum()
                lead = float(own - np.mean(sums))
                found.append(Window(layout=reference.layout, step=step, n_steps=n, lead=lead))
    return found


def shares(found: Sequence[Window], size: float) -> tuple[float, float]:
    """Share of windows in which the oracle trails, and in which it leads.

    Args:
        found: The windows.
        size: Largest value that is paid; leads far below it count as none.
    """
    if not found:
        return 0.0, 0.0
    leads = np.array([w.lead for w in found])
    least = 1e-6 * size
    return float((leads < -least).mean()), float((leads > least).mean())


def discounted(
    evidence: Evidence, total: Floats, reference: Recording, recording: Recording
) -> float:
    """Discounted pay of an episode, from its start on."""
    before = np.arange(reference.first, reference.first + recording.branch)
    own = np.arange(recording.first, recording.first + recording.n_steps)
    rows = np.concatenate([before, own])
    return float(np.sum(total[rows] * evidence.gamma ** np.arange(len(rows))))


def shaped(evidence: Evidence, before: Floats, after: Floats) -> Payments:
    """What a potential pays with the sparse reward, as the layer of potentials pays it.

    Args:
        evidence: What was recorded.
        before: Potential before each transition, `(N,)`.
        after: Potential after it.
    """
    ends = [r for r in evidence.recordings if r.n_steps]
    last = np.array([r.first + r.n_steps - 1 for r in ends])
    later, sparse = after.copy(), np.zeros(evidence.n_rows)
    later[last[[r.terminated for r in ends]]] = 0.0
    sparse[last[[r.success for r in ends]]] = 1.0
    shaping = evidence.gamma * later - before
    return Payments(
        total=sparse + shaping, components=shaping[:, None], names=("shaping",), kind="potential"
    )


def _layouts(evidence: Evidence) -> Iterator[tuple[Recording, list[Recording]]]:
    for reference in evidence.references:
        yield reference, [r for r in evidence.recordings if r.layout == reference.layout]


def _is_whole(evidence: Evidence, recording: Recording) -> bool:
    """Whether an episode was recorded to its end."""
    return recording.terminated or recording.branch + recording.n_steps >= evidence.horizon
