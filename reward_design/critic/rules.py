"""The critic that goes by rules: it looks at what a program pays for what was recorded.

A program is sent back for what was seen, never for its style. Its probability of success is a
base rate by the gravest finding, lowered by further ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from alignenv.critique import Case, Evidence, Finding, Floats, Judgement, Payments
from alignenv.reward_design.critic.measures import Contest, Window, contests, shares, windows
from alignenv.reward_design.critic.reading import fields_of_components, guarded_fields
from alignenv.reward_design.reading import Reading
from alignenv.reward_design.text import plain as one_line
from alignenv.reward_design.units import mixed_units

REFUSED, WRONG, UNGUIDED, CLEAN = 0.02, 0.05, 0.3, 0.8
"""Probability of success of a program without values, with an objective that failure meets, with
nothing paid before success, and with nothing to say against it."""
EACH = 0.8
"""Factor of each of the next two findings that are not mere blindness."""
LOST = 0.5
"""Share of layouts on which failure may pay more before the program is at fault."""
AGAINST = 0.75
"""Share of windows in which a component may pay others more than the oracle."""
GUIDES = 0.1
"""Share of windows in which the oracle has to lead for a program to count as guiding."""
HUGE = 1000.0
"""Largest value that a learner meets without trouble."""

_GRAVE = frozenset(
    (
        "farmable",
        "idling-pays",
        "early-end-pays",
        "pays-nothing",
        "wrong-way",
        "failure-pays",
        "best-paid-fails",
    )
)


class RulesCritic:
    """Judges by rule, from execution evidence."""

    name = "rules"

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case."""
        return [judge_case(case) for case in cases]


def judge_case(case: Case) -> Judgement:
    """What the rules say of a program."""
    if case.failure is not None:
        finding = Finding(
            code=case.failure.code or case.failure.kind.value,
            message=f"The program has no value to train on: {one_line(case.failure.message, 600)}",
            evidence=one_line(case.failure.message, 600),
        )
        return Judgement(p_success=REFUSED, findings=(finding,), send_back=True)
    assert case.payments is not None, "a case has payments or a failure"
    order = {"fault": 0, "doubt": 1, "unseen": 2}
    all_found = [*case.seen, *_findings(case, case.payments)]
    found = sorted(all_found, key=lambda f: order[f.severity])
    return Judgement(
        p_success=_probability(found),
        findings=tuple(found),
        send_back=any(f.severity == "fault" for f in found),
    )


def _probability(found: Sequence[Finding]) -> float:
    codes = [f.code for f in found if f.severity != "unseen"]
    if not _GRAVE.isdisjoint(f.code for f in found if f.severity == "fault"):
        base, others = WRONG, len(codes) - 1
    elif "unguided" in codes:
        base, others = UNGUIDED, len(codes) - 1
    else:
        base, others = CLEAN, len(codes)
    if any(f.code == "success-unseen" for f in found):
        base = min(base, 0.5)
    return round(base * EACH ** min(others, 2), 4)


def _findings(case: Case, payments: Payments) -> Iterator[Finding]:
    evidence = case.evidence
    if not np.any(payments.total):
        yield Finding(
            code="pays-nothing",
            message="The reward is 0 everywhere. Pay for success, and for steps towards it.",
            evidence=f"total is 0 on all {evidence.n_rows} recorded transitions",
        )
        return
    yield from _scale(payments)
    yield from _unguarded(case)
    yield from _misread(case)
    if not evidence.references:
        yield Finding(
            code="success-unseen",
            message="Nobody was seen to succeed, so that success and failure were not compared.",
            severity="unseen",
        )
        return
    yield from _lost(evidence, payments)
    yield from _ways(evidence, payments)
    yield from _silent(case, payments)


def _lost(evidence: Evidence, payments: Payments) -> Iterator[Finding]:
    """Failure that pays as much as success."""
    found = contests(evidence, payments.total)
    lost = [contest for contest in found if contest.is_lost]
    if not lost:
        return
    worst = max(lost, key=lambda c: c.failure - c.success)
    code, message = _kind(evidence, payments, worst)
    severity = "fault" if len(lost) >= LOST * len(found) else "doubt"
    yield Finding(
        code=code,
        message=message,
        evidence=f"{_story(evidence, payments, worst)} Discounted pay at least as high as that of "
        f"success on {len(lost)} of {len(found)} layouts.",
        severity="fault" if severity == "fault" else "doubt",
    )


def _kind(evidence: Evidence, payments: Payments, contest: Contest) -> tuple[str, str]:
    walk, player = contest.walk, contest.player
    if walk is not None and walk.cycle and payments.total[list(walk.cycle)].sum() > 0:
        return "farmable", (
            "The reward can be farmed: a cycle of actions pays for ever and is worth more than "
            "success. Charge for undoing what was paid, or pay only differences of a level."
        )
    ends = (walk is not None and not walk.cycle and _ends_early(evidence, walk.way[-1])) or (
        player is not None and player.terminated
    )
    if ends:
        return "early-end-pays", (
            "An early end without success is worth more than success. Charge the failure more "
            "than it saves, make steps cheaper, and pay more for success."
        )
    return "idling-pays", (
        "Failing until the horizon is worth as much as success or more. Pay more for success, and "
        "pay for progress by its change rather than for a state at every step."
    )


def _ends_early(evidence: Evidence, row: int) -> bool:
    return any(r.terminated and r.first + r.n_steps - 1 == row for r in evidence.recordings)


def _story(evidence: Evidence, payments: Payments, contest: Contest) -> str:
    """What the best failure does, and what pays it."""
    if contest.player is not None:
        player = contest.player
        rows = np.arange(player.first, player.first + player.n_steps)
        doing = f"a player that {player.doing}"
    else:
        assert contest.walk is not None, "a contest has a player or a walk"
        way, cycle = contest.walk.way, contest.walk.cycle
        rows = np.array(cycle or way)
        doing = f"a player that ends at step {len(way)}"
        if cycle:
            done = " ".join(_action(evidence, row) for row in cycle[:6])
            doing = f"a player that repeats actions {done} from step {len(way)}"
    sums = payments.components[rows].sum(axis=0) if len(rows) else np.zeros(len(payments.names))
    best = int(np.argmax(sums)) if len(sums) else 0
    paid = f", paid by {one_line(payments.names[best], 64)}" if len(sums) and sums[best] > 0 else ""
    return (
        f"On layout {contest.layout}, {doing} earns {contest.failure:.3g}{paid}; "
        f"success earns {contest.success:.3g}."
    )


def _action(evidence: Evidence, row: int) -> str:
    action = np.atleast_1d(evidence.action[row])
    return f"{action[0]:g}" if len(action) == 1 else f"({', '.join(f'{x:.2g}' for x in action)})"


def _ways(evidence: Evidence, payments: Payments) -> Iterator[Finding]:
    """Pay that leads away from the oracle's way, or nowhere."""
    found = windows(evidence, payments.total)
    trails, leads = shares(found, _size(payments.total))
    if not found:
        return
    if trails > leads:
        yield Finding(
            code="wrong-way",
            message="On the way to success the right steps are paid less than others. Check the "
            "signs, which field is used at which stage, and values that mean 'none'.",
            evidence=f"one who knows the way is paid less than others in {trails:.0%} and more in "
            f"{leads:.0%} of {len(found)} windows of {_where(found)}",
        )
    elif leads < GUIDES:
        yield Finding(
            code="unguided",
            message="Nothing is paid for coming nearer to success. Pay for steps on the way.",
            evidence=f"one who knows the way is paid more than others in {leads:.0%} of "
            f"{len(found)} windows before success",
            severity="doubt",
        )
    if payments.kind == "potential":
        return
    for column, name in enumerate(payments.names):
        yield from _against(evidence, name, payments.components[:, column])


def _against(evidence: Evidence, name: str, values: Floats) -> Iterator[Finding]:
    """A component that pays everybody but the oracle."""
    if values.max() <= 0:  # a cost may well fall on the oracle alone
        return
    seen = [w for w in windows(evidence, values) if abs(w.lead) > 1e-6 * _size(values)]
    trails, _ = shares(seen, _size(values))
    if len(seen) >= 4 and trails >= AGAINST:
        worst = min(seen, key=lambda w: w.lead)
        yield Finding(
            code="wrong-sign",
            message=f"Component {one_line(name, 64)} pays for leaving the way to success. Turn its "
            "sign, or use the field that it is meant for.",
            evidence=f"{one_line(name, 64)} pays one who knows the way less than others in "
            f"{trails:.0%} of {len(seen)} windows; most so on layout {worst.layout}, steps "
            f"{worst.step} to {worst.step + worst.n_steps}, by {-worst.lead:.3g}",
        )


def _silent(case: Case, payments: Payments) -> Iterator[Finding]:
    """Components that never pay, though what they read was seen both ways."""
    if payments.kind == "potential":
        return
    spec, states = case.card.state, case.evidence.states
    view = spec.view(states)
    constant = {f.name for f in spec if f.kind == "bool" and np.ptp(view[f.name]) == 0}
    read = fields_of_components(case.source, payments.names)
    for column, name in enumerate(payments.names):
        values = np.abs(payments.components[:, column])
        least = 1e-6 * max(_size(payments.total), 1e-3)
        if values.max() > least:
            continue
        blind = sorted(read[name] & constant)
        if blind:
            yield Finding(
                code="component-unseen",
                message=f"Component {one_line(name, 64)} was not seen to pay, and neither was "
                f"{', '.join(blind)} seen to change.",
                severity="unseen",
            )
            continue
        used = sorted(read[name] & set(spec.offsets)) or ["no field"]
        yield Finding(
            code="silent",
            message=f"Component {one_line(name, 64)} never pays. Correct its condition or its "
            "scale, or leave it out.",
            evidence=f"{one_line(name, 64)} is 0 on all {case.evidence.n_rows} recorded "
            f"transitions, successes among them; it reads {', '.join(used)}",
        )


def _unguarded(case: Case) -> Iterator[Finding]:
    """Fields that may mean 'none' and are computed with as if they were numbers."""
    spec = case.card.state
    read = frozenset().union(*fields_of_components(case.source, ("",)).values())
    guarded = guarded_fields(case.source)
    for field in spec:
        if field.missing is None or field.name not in read or field.name in guarded:
            continue
        column = spec.view(case.evidence.states)[field.name]
        n = int(np.any(column.reshape(len(column), -1) == field.missing, axis=1).sum())
        if n:
            yield Finding(
                code="missing-unguarded",
                message=f"{field.name} is {field.missing:g} where there is none, and the program "
                "computes with it. Test for it first.",
                evidence=f"{field.name} is {field.missing:g} in {n} of {len(column)} recorded "
                "states",
                severity="doubt",
            )


def _misread(case: Case) -> Iterator[Finding]:
    """Comparisons that no value of a field bears out, and quantities that do not go together."""
    reading = Reading(case.source, case.card.state)
    for misread in reading.impossible_values():
        yield Finding(
            code="impossible-value",
            message=f"{misread.field} never has the value that it is compared with: see its range "
            "in the card.",
            evidence=f"line {misread.line}: {misread.field}: {misread.what}",
            severity="doubt",
        )
    for mixed in mixed_units(reading):
        yield Finding(
            code="mixed-units",
            message="Quantities of different units are added or compared as they are. Bring them "
            "to one scale first, or compare like with like.",
            evidence=f"line {mixed.line}: {mixed.what}",
            severity="doubt",
        )


def _scale(payments: Payments) -> Iterator[Finding]:
    size = _size(payments.total)
    if size > HUGE:
        yield Finding(
            code="huge",
            message="Values are so large that learning suffers. Keep them near 1.",
            evidence=f"the total reaches {size:.3g}",
            severity="doubt",
        )


def _size(values: Floats) -> float:
    return float(np.abs(values).max(initial=0.0))


def _where(found: Sequence[Window]) -> str:
    worst = min(found, key=lambda w: w.lead)
    return (
        f"up to {max(w.n_steps for w in found)} steps; most so on layout {worst.layout}, steps "
        f"{worst.step} to {worst.step + worst.n_steps}, by {-worst.lead:.3g}"
    )
