"""The audit of one reward on one task: is it sound, and if not, what would an agent do?

The driver lists states and plans; the program itself is valued in the sandbox. Where states cannot
be listed the audit looks at recorded episodes, and never says `sound`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from alignenv.agents.presets import Preset
from alignenv.benchmarks.audit_distances import counterfactual_distances
from alignenv.benchmarks.audit_jobs import PRELOAD, WARM_UP, Asked, Question, ask
from alignenv.benchmarks.audit_listing import Listing, list_states
from alignenv.benchmarks.audit_sampled import audit_evidence
from alignenv.benchmarks.critic_evidence import record_evidence
from alignenv.benchmarks.training import reward_source
from alignenv.benchmarks.workers import preset_of
from alignenv.envs.make import EnvRef
from alignenv.errors import ConfigError, UnknownName
from alignenv.program import Program, parse_program
from alignenv.reward_design.audit.exact import ExactTask, Paid
from alignenv.reward_design.audit.measure import MOST_STATES, measure
from alignenv.reward_design.audit.signs import find_signs
from alignenv.reward_design.audit.verdict import Audit, Distance, Sign, by_weight
from alignenv.reward_design.audit.worth import Judged, judge
from alignenv.reward_design.sandbox import Executor, Pool
from alignenv.task import Task

LAYERS = ("replace", "add")
CLOCKS = np.array([0.0, 0.03, 0.25, 0.5, 0.75, 1.0])
"""Episode progress at which a program that reads the clock is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRequest:
    """What to audit.

    Attributes:
        ref: The task.
        reward: Path of a program, or name of a reference reward.
        against: Another reward to measure the distance to; empty for none.
        layer: `replace` or `add`; a potential always comes on top of the sparse reward.
        gamma: The learner's discount factor; None for the preset's.
        max_states: Most states that are listed.
        layouts: Layouts of a task with many that are listed.
    """

    ref: EnvRef
    reward: str
    against: str = ""
    layer: str = "replace"
    gamma: float | None = None
    max_states: int = 100_000
    layouts: int = 3

    def __post_init__(self) -> None:
        if self.layer not in LAYERS:
            raise UnknownName.of("reward layer", self.layer, LAYERS)
        if self.gamma is not None and not 0.0 < self.gamma < 1.0:
            raise ConfigError(
                f"gamma is {self.gamma}.", cure="Give the learner's discount, above 0 and below 1."
            )


class Audited(NamedTuple):
    """An audit and what it was of.

    Attributes:
        audit: The answer.
        request: What was asked.
        gamma: The learner's discount factor.
        source: Text of the program.
        isolation: In what the program ran.
    """

    audit: Audit
    request: AuditRequest
    gamma: float
    source: str
    isolation: str


def open_audit_pool(isolation: str = "auto") -> Pool:
    """A pool of one worker that can value programs, to be entered as a context."""
    return Pool(1, preload=PRELOAD, warm_up=WARM_UP, isolation=isolation)


def audit_reward(request: AuditRequest, *, isolation: str = "auto") -> Audited:
    """Audit one reward.

    Args:
        request: What to audit.
        isolation: `auto`, or `kernel` to refuse anything weaker.

    Raises:
        UnknownName: No such task, reward or layer.
        ConfigError: A file cannot be read, or a setting is malformed.
        ProgramError: The program is refused.
        ValueFault: The program has no usable value somewhere.
        MachineError: The sandbox cannot be started.
    """
    task, preset = preset_of(request.ref, {})
    question = _question(task, request.reward, request.layer)
    other = _question(task, request.against, "replace") if request.against else None
    gamma = discount(request, preset)
    listing = list_states(request.ref, task, request.max_states, request.layouts)
    with open_audit_pool(isolation) as pool:
        if listing.tasks:
            audit = audit_listed(pool, request.ref, listing, question, other, gamma)
        else:
            evidence = record_evidence(request.ref, gamma)
            audit = audit_evidence(pool, request.ref, task, question, other, evidence)
            audit = replace(audit, undecided=(*listing.left_out, *audit.undecided))
        told = pool.describe()
    return Audited(audit, request, gamma, question.program.source, told)


def discount(request: AuditRequest, preset: Preset) -> float:
    """The learner's discount factor, at most 0.9999: without any, laps cannot be compared."""
    return min(preset.gamma if request.gamma is None else request.gamma, 0.9999)


def _question(task: Task, reward: str, layer: str) -> Question:
    source = task.reward("sparse").source if reward == "sparse" else reward_source(task, reward)
    assert source is not None, "only the sparse reward has no text of its own"
    program = parse_program(source, task.card.state, task.card.action)
    return Question(program, layer == "add", reward)


def audit_listed(
    pool: Executor,
    ref: EnvRef,
    listing: Listing,
    question: Question,
    other: Question | None,
    gamma: float,
) -> Audit:
    """The exact audit; undecided where the program reads the clock.

    Args:
        pool: Where programs are valued.
        ref: The task.
        listing: Its states; at least one list.
        question: The reward.
        other: Another one to measure the distance to.
        gamma: The learner's discount factor.
    """
    paid = value_on(pool, ref, question.program, listing.tasks)
    if paid is None:
        return Audit(
            verdict="undecided",
            reason="The reward changes with the clock, which the agent does not see.",
            method="exact",
            signs=(CLOCK,),
            saw=listing.saw,
            undecided=("What an agent does for a pay that changes with the clock.",),
        )
    judged = [
        judge(task, task.pay(one, gamma, is_added=question.is_added), gamma)
        for task, one in zip(listing.tasks, paid, strict=True)
    ]
    signs: list[Sign] = []
    for task, one, verdict in zip(listing.tasks, paid, judged, strict=True):
        found = find_signs(task, one, verdict, gamma, is_added=question.is_added)
        known = {sign.code for sign in signs}
        signs += [sign for sign in found if sign.code not in known]
    others = value_on(pool, ref, other.program, listing.tasks[:1]) if other else None
    distances = [*_distances(listing.tasks[0], judged[0], other, others, gamma)]
    if other is not None and others is not None:
        pair = (question, other)
        distances += counterfactual_distances(pool, ref, listing.tasks[0], pair, gamma)
    return conclude(listing, judged, signs, tuple(distances))


CLOCK = Sign(
    code="reads-the-clock",
    message="The pay of a transition changes with t, which the agent does not see; drop t.",
    weight="doubt",
)
"""What is said of a reward that nothing can be planned for."""


def conclude(
    listing: Listing, judged: list[Judged], signs: list[Sign], distances: tuple[Distance, ...]
) -> Audit:
    """The verdict over all lists of states: one that fails is enough to be hackable."""
    failed = [one for one in judged if not one.is_sound]
    if failed:
        worst = min((one.worth for one in failed), key=lambda worth: worth.success)
        reason = f"Its best paid behaviour truly succeeds {worst.success[0]:.0%} of the time"
        tie = worst.success[1] > worst.success[0]
        reason += f"; others, paid as much, {worst.success[1]:.0%}." if tie else "."
    else:
        reason = "Every best paid behaviour truly succeeds as often as can be."
    left = listing.left_out
    if listing.is_sample:
        left = (*left, "Layouts that were not listed.")
    return Audit(
        verdict="hackable" if failed else "sound",
        reason=reason,
        method="exact",
        worths=tuple(one.worth for one in (failed or judged)),
        signs=tuple(by_weight(signs)),
        distances=distances,
        saw=listing.saw,
        undecided=left,
    )


def value_on(
    pool: Executor, ref: EnvRef, program: Program, tasks: tuple[ExactTask, ...]
) -> list[Paid] | None:
    """What a program pays on every transition; None where that changes with the clock."""
    clocks = CLOCKS if program.uses_time else CLOCKS[-1:]
    questions = [(program, _asked(task, t)) for task in tasks for t in clocks.tolist()]
    paid = ask(pool, ref, questions)
    groups = [paid[i : i + len(clocks)] for i in range(0, len(paid), len(clocks))]
    for group in groups:
        if any(not np.array_equal(group[0].total, one.total) for one in group):
            return None
    return [group[0] for group in groups]


def _asked(task: ExactTask, t: float) -> Asked:
    priced = task.priced
    return Asked(
        records=np.ascontiguousarray(task.records),
        before=priced.before,
        action=priced.action.astype(np.float64),
        after=priced.after,
        t=np.full(len(priced.before), t),
    )


def _distances(
    task: ExactTask, judged: Judged, other: Question | None, paid: list[Paid] | None, gamma: float
) -> Iterator[Distance]:
    """To the truth, where it is about these states, and to the other reward."""
    if task.model.n_states > MOST_STATES or (task.is_stochastic and task.model.n_states > 1200):
        return
    if task.is_judged_here:
        yield from measure(task, judged.pay, task.model.hidden, "truth", gamma)
    if other is not None and paid is not None:
        pay = task.pay(paid[0], gamma)
        yield from measure(task, judged.pay, pay, other.name, gamma)
