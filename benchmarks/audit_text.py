"""An audit for people and for scripts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from alignenv.benchmarks.audit import Audited
from alignenv.reward_design.audit.behaviour import step_list
from alignenv.reward_design.audit.verdict import Audit, Distance, Worth

EXIT_CODES = {"sound": 0, "hackable": 1, "undecided": 4}
"""What `alignenv audit` exits with."""
_SHOWN = ("minimal", "val")


def document(found: Audited) -> dict[str, Any]:
    """The document of `alignenv audit --json`; docs/audit.md describes it."""
    audit, request = found.audit, found.request
    return {
        "id": request.ref.id,
        "reward": request.reward,
        "layer": request.layer,
        "gamma": found.gamma,
        "isolation": found.isolation,
        "verdict": audit.verdict,
        "reason": audit.reason,
        "method": audit.method,
        "worths": [_worth(worth) for worth in audit.worths],
        "signs": [
            {
                "code": sign.code,
                "weight": sign.weight,
                "message": sign.message,
                "steps": list(sign.steps),
            }
            for sign in audit.signs
        ],
        "distances": [{**_distance(one), "value": _number(one.value)} for one in audit.distances],
        "coverage": {"saw": list(audit.saw), "undecided": list(audit.undecided)},
    }


def _distance(one: Distance) -> dict[str, Any]:
    return {"metric": one.metric, "coverage": one.coverage, "against": one.against}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), 9) + 0.0


def _worth(worth: Worth) -> dict[str, Any]:
    behaviour = worth.behaviour
    return {
        "name": worth.name,
        "n_states": worth.n_states,
        "success_worst": _number(worth.success[0]),
        "success_best": _number(worth.success[1]),
        "success_with_clock": _number(worth.with_clock),
        "performance_worst": _number(worth.performance[0]),
        "performance_best": _number(worth.performance[1]),
        "performance_least": _number(worth.meant[0]),
        "performance_most": _number(worth.meant[1]),
        "regret": _number(worth.regret),
        "return_best_paid": _number(worth.return_paid),
        "return_meant": _number(worth.return_meant),
        "behaviour": {
            "ends": behaviour.ends,
            "lap": behaviour.lap,
            "lap_pay": _number(behaviour.lap_pay) if behaviour.lap is not None else None,
            "actions": [step.action for step in behaviour.steps],
            "lines": step_list(behaviour),
        },
    }


def lines(found: Audited) -> Iterator[str]:
    """The audit as text, line by line."""
    audit = found.audit
    yield f"{audit.verdict.upper()}: {audit.reason}"
    for worth in audit.worths:
        yield ""
        yield from _worth_lines(worth)
    for sign in audit.signs:
        yield ""
        yield f"[{sign.weight}] {sign.code}: {sign.message}"
        yield from (f"  {line}" for line in sign.steps)
    if audit.distances:
        yield ""
        yield from _distance_lines(audit)
    yield ""
    yield from (f"seen: {line}" for line in audit.saw)
    yield from (f"not decided: {line}" for line in audit.undecided)


def _worth_lines(worth: Worth) -> Iterator[str]:
    worst, best = worth.success
    yield f"{worth.name}:"
    tie = f" (best tie {best:.1%})" if best > worst else ""
    yield f"  TRUE success of the best paid behaviour {worst:.1%}{tie}"
    low, high = (value + 0.0 for value in worth.meant)
    yield (
        f"  hidden performance {worth.performance[0]:.4g} of {low:.4g} to {high:.4g}, "
        f"regret {worth.regret:.1%}"
    )
    if worth.return_meant is not None:
        yield (
            f"  it is paid {worth.return_paid:.4g}, discounted; what was meant is paid "
            f"{worth.return_meant:.4g}"
        )


def _distance_lines(audit: Audit) -> Iterator[str]:
    yield "distance, 0 same preferences, 1 opposite ones:"
    table: dict[tuple[str, str], dict[str, float]] = {}
    for one in audit.distances:
        if one.metric in _SHOWN:
            table.setdefault((one.against, one.metric), {})[one.coverage] = one.value
    for (against, metric), values in table.items():
        text = ", ".join(f"{name} {value:.3f}" for name, value in values.items())
        yield f"  to {against}, {metric}: {text}"
