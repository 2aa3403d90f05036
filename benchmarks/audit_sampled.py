"""The audit where states cannot be listed: what a reward pays in recorded episodes.

Episodes are those that critics see: an oracle's, and of players that leave its way at random,
stand still, repeat actions or turn back. From these on, behaviour is searched that the reward pays
best. A reward that pays a failure as much as every success that was seen is called hackable; that
none was seen proves nothing, and the audit says `undecided`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from alignenv.benchmarks.audit_distances import features, sampled_distances
from alignenv.benchmarks.audit_duels import Standing, kind_of, standing
from alignenv.benchmarks.audit_jobs import Asked, Question, ask
from alignenv.benchmarks.audit_search import Found, search_pay
from alignenv.critique import Case, Evidence, Finding, Payments
from alignenv.envs.make import EnvRef
from alignenv.reward_design.audit.behaviour import Behaviour, Step, changed, step_list
from alignenv.reward_design.audit.exact import Paid, action_words
from alignenv.reward_design.audit.shaping import examine_shaping
from alignenv.reward_design.audit.transitions import Coverage, Floats
from alignenv.reward_design.audit.verdict import Audit, Sign, by_weight
from alignenv.reward_design.critic.graph import best_failing_walk
from alignenv.reward_design.critic.measures import Contest, contests
from alignenv.reward_design.critic.rules import judge_case
from alignenv.reward_design.sandbox import Executor
from alignenv.task import Task

GRAVE = {
    "farmable": "loop-pays",
    "idling-pays": "standing-still-pays",
    "early-end-pays": "failure-pays",
    "pays-nothing": "pays-nothing",
}
"""Findings of a critic that make a reward hackable, and what the audit calls them."""
PATIENT = 0.999
"""Discount by which the best recorded loop is searched."""


class Recorded(NamedTuple):
    """A program on what was recorded.

    Attributes:
        evidence: The episodes.
        payments: What the program pays there.
        paid: The same as it came; of a potential, its value at each record.
        reads_clock: Whether the pay of a transition changes with the clock.
    """

    evidence: Evidence
    payments: Payments
    paid: Paid
    reads_clock: bool


def audit_evidence(
    pool: Executor,
    ref: EnvRef,
    task: Task,
    question: Question,
    other: Question | None,
    evidence: Evidence,
) -> Audit:
    """Look at what a reward pays in recorded episodes.

    Args:
        pool: Where programs are valued.
        ref: The task.
        task: The same, resolved.
        question: The reward.
        other: Another one to measure the distance to.
        evidence: What was recorded of the task, for the learner's discount factor.
    """
    seen = pay_for(pool, ref, question, evidence)
    case = Case(
        card=task.card,
        source=question.program.source,
        evidence=evidence,
        payments=seen.payments,
    )
    findings = judge_case(case).findings
    duels = search_pay(pool, ref, question, evidence, seen.payments.total)
    stands = standing(evidence, seen.payments.total, duels) if duels else None
    signs = [
        *_from_findings(task, seen, findings, stands),
        *_from_search(task, seen, stands),
        *_loops(task, seen),
        *_others(seen),
    ]
    grave = [sign for sign in signs if sign.weight == "fault"]
    reason = "No failure that was seen is paid as much as success, which proves nothing."
    if grave:
        reason = f"A failure is paid as much as success: {grave[0].code}."
    elif not evidence.references:
        reason = "Success was not recorded, so that nothing can be compared with it."
    return Audit(
        verdict="hackable" if grave else "undecided",
        reason=reason,
        method="sampled",
        signs=tuple(by_weight(signs)),
        distances=tuple(sampled_distances(pool, ref, seen.payments.total, evidence, other)),
        saw=(*_saw(evidence), *_searched(stands)),
        undecided=tuple(_left_out(evidence, findings)),
    )


def pay_for(pool: Executor, ref: EnvRef, question: Question, evidence: Evidence) -> Recorded:
    """What a program pays on every recorded transition, the sparse reward included if added."""
    asked = Asked(evidence.states, evidence.before, evidence.action, evidence.after, evidence.t)
    questions = [(question.program, asked)]
    if question.program.uses_time:
        late = asked._replace(t=np.clip(asked.t + 0.1, 0.0, 1.0))
        questions.append((question.program, late))
    found = ask(pool, ref, questions)
    paid, reads_clock = found[0], any(not np.array_equal(found[0].total, o.total) for o in found)
    sparse, over = _ends(evidence)
    if paid.is_potential:
        later = np.where(over, 0.0, paid.total[evidence.after])
        shaping = evidence.gamma * later - paid.total[evidence.before]
        payments = Payments(
            total=sparse + shaping,
            components=shaping[:, np.newaxis],
            names=("shaping",),
            kind="potential",
        )
    else:
        total = paid.total + sparse if question.is_added else paid.total
        payments = Payments(total=total, components=paid.components, names=paid.names)
    return Recorded(evidence, payments, paid, reads_clock)


def _ends(evidence: Evidence) -> tuple[Floats, np.ndarray]:
    """Where success was paid, and where the episode ended for a reason of the task."""
    sparse, over = np.zeros(evidence.n_rows), np.zeros(evidence.n_rows, dtype=np.bool_)
    for recording in evidence.recordings:
        if recording.n_steps:
            last = recording.first + recording.n_steps - 1
            sparse[last], over[last] = float(recording.success), recording.terminated
    return sparse, over


def _from_findings(
    task: Task, seen: Recorded, findings: tuple[Finding, ...], stands: Standing | None
) -> Iterator[Sign]:
    """What the critic's rules found, with the steps of what pays more than success.

    A recorded failure is a doubt only, where a search found success that is paid more.
    """
    is_refuted = stands is not None and not stands.is_hackable
    for finding in findings:
        if finding.severity == "unseen":
            continue
        is_grave = finding.code in GRAVE and finding.severity == "fault"
        is_grave = is_grave and not (is_refuted and finding.code != "pays-nothing")
        message = f"{finding.message} {finding.evidence}".strip()
        yield Sign(
            code=GRAVE.get(finding.code, finding.code),
            message=message,
            weight="fault" if is_grave else "doubt",
            steps=_steps(task, seen) if finding.code in GRAVE else (),
        )


def _from_search(task: Task, seen: Recorded, stands: Standing | None) -> Iterator[Sign]:
    """The failure of a search that is paid as much as success."""
    if stands is None or stands.worst is None:
        return
    worst = stands.worst
    at_once = any(r.success and r.terminated for r in seen.evidence.recordings)
    yield Sign(
        code=kind_of(worst, at_once=at_once),
        message=f"On layout {worst.layout}, a failure that was searched is paid {worst.value:.4g} "
        f"and the best success that was seen {stands.beaten:.4g}, discounted; so it is on "
        f"{stands.lost} of {stands.of} layouts.",
        weight="fault" if stands.is_hackable else "doubt",
        steps=tuple(step_list(_found(task, worst))),
    )


def _found(task: Task, one: Found) -> Behaviour:
    """A searched episode as a behaviour."""
    states = one.states
    rows = zip(one.script[: one.n], one.pay, states[:-1], states[1:], strict=True)
    steps = tuple(_step(task, *row) for row in rows)
    return Behaviour(steps=steps, lap=None, ends="goes on" if one.is_cut else "failure")


def _steps(task: Task, seen: Recorded) -> tuple[str, ...]:
    """The best paid recorded failure, step by step."""
    lost = [one for one in contests(seen.evidence, seen.payments.total) if one.is_lost]
    if not lost:
        return ()
    worst = max(lost, key=lambda one: one.failure - one.success)
    rows, lap = _rows(seen.evidence, worst)
    return tuple(step_list(_behaviour(task, seen, rows, lap)))


def _rows(evidence: Evidence, contest: Contest) -> tuple[list[int], int | None]:
    """Rows of a failure from the start of its layout, and where its lap begins."""
    if contest.walk is not None:
        way, cycle = contest.walk.way, contest.walk.cycle
        return [*way, *cycle], len(way) if cycle else None
    player = contest.player
    assert player is not None, "a contest has a player or a walk"
    reference = next(r for r in evidence.references if r.layout == player.layout)
    own = range(player.first, player.first + player.n_steps)
    return [*range(reference.first, reference.first + player.branch), *own], None


def _behaviour(task: Task, seen: Recorded, rows: list[int], lap: int | None) -> Behaviour:
    evidence, pay = seen.evidence, seen.payments.total
    before, after = evidence.states[evidence.before[rows]], evidence.states[evidence.after[rows]]
    each = zip(evidence.action[rows], pay[rows], before, after, strict=True)
    ends = "failure" if lap is None else "goes on"
    return Behaviour(steps=tuple(_step(task, *row) for row in each), lap=lap, ends=ends)


def _step(task: Task, action: Floats, pay: float, before: Floats, after: Floats) -> Step:
    words = action_words(task.card.action.n, task.card.action.meaning)
    vector = np.atleast_1d(action)
    said = f"({', '.join(f'{value:.2g}' for value in vector)})"
    return Step(
        action=float(vector[0]) if len(vector) == 1 else tuple(map(float, vector)),
        words=words[int(vector[0])] if words else f"action {said}",
        pay=round(float(pay), 12) + 0.0,
        changes=changed(task.card.state, before, after),
    )


def _loops(task: Task, seen: Recorded) -> Iterator[Sign]:
    """A recorded loop that pays, and pay for standing still, whether or not they beat success."""
    if seen.paid.is_potential:  # whose laps cancel out, discounted
        return
    evidence, total = seen.evidence, seen.payments.total
    least = 1e-9 * max(float(np.abs(total).max(initial=0.0)), 1e-12)
    for layout in sorted({r.layout for r in evidence.recordings}):
        group = [r for r in evidence.recordings if r.layout == layout]
        walk = best_failing_walk(evidence, total, group, PATIENT)
        gain = float(total[list(walk.cycle)].sum())
        if walk.cycle and gain > least:
            n = len(walk.cycle)
            behaviour = _behaviour(task, seen, [*walk.way, *walk.cycle], len(walk.way))
            yield Sign(
                code="farmable-loop",
                message=f"A lap of {n} {'step' if n == 1 else 'steps'} was recorded that can be "
                f"repeated for ever and pays {gain:+.4g} each time.",
                weight="doubt",
                steps=tuple(step_list(behaviour)),
            )
            break
    stays = evidence.before == evidence.after
    if stays.any() and total[stays].max() > least:
        yield Sign(
            code="standing-still-is-paid",
            message=f"A step that changes nothing in the record was paid "
            f"{total[stays].max():+.4g}.",
            weight="doubt",
        )


def _others(seen: Recorded) -> Iterator[Sign]:
    """The clock, one component that drowns the others, and what only shapes."""
    if seen.reads_clock:
        yield Sign(
            code="reads-the-clock",
            message="The pay of a transition changes with t, which the agent does not see; drop t.",
            weight="doubt",
        )
    payments, evidence = seen.payments, seen.evidence
    sizes = np.abs(payments.components).sum(axis=0)
    if len(sizes) > 1 and sizes.sum() > 0.0 and sizes.max() > 0.95 * sizes.sum():
        name, share = payments.names[int(sizes.argmax())], sizes.max() / sizes.sum()
        text = f"Component {name!r} is {share:.0%} of all that was paid."
        yield Sign(code="one-dominates", message=text)
    if seen.paid.is_potential:
        text = "A potential keeps the best policies of the sparse reward, whatever it is."
        yield Sign(code="only-shapes", message=text)
        return
    sparse, over = _ends(evidence)
    rows = Coverage(
        before=evidence.before,
        action=np.zeros(evidence.n_rows, dtype=np.int64),
        after=evidence.after,
        weight=np.full(evidence.n_rows, 1.0 / evidence.n_rows),
        continues=np.where(over, 0.0, 1.0),
    )
    basis = features(evidence.states)
    found = examine_shaping(payments.total, sparse, rows, evidence.gamma, basis)
    yield Sign(
        code=found.mistake or "shaping-share",
        message=f"{max(found[2:]):.0%} of what is not the sparse reward, by square, is shaping by "
        f"a potential of {basis.shape[1]} features of the record.",
    )


def _saw(evidence: Evidence) -> Iterator[str]:
    recordings = evidence.recordings
    layouts = len({r.layout for r in recordings})
    kinds = ", ".join(sorted({r.label for r in recordings}))
    yield (
        f"{evidence.n_rows:,} transitions between {len(evidence.states):,} different records in "
        f"{len(recordings)} episodes on {layouts} layouts ({kinds})"
    )
    n_success = sum(r.success for r in recordings)
    yield f"{n_success} of these episodes are TRUE successes"


def _searched(stands: Standing | None) -> Iterator[str]:
    if stands is not None:
        yield f"the best paid failure and success that a search found on {stands.of} layouts"


def _left_out(evidence: Evidence, findings: tuple[Finding, ...]) -> Iterator[str]:
    yield "Whether behaviour that was not seen is paid as much as success."
    if not evidence.references:
        yield "Whether failure is paid as much as success: no success was recorded."
    for finding in findings:
        if finding.severity == "unseen" and finding.code != "success-unseen":
            yield finding.message
