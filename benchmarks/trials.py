"""From what happened to a candidate to its trial; nothing of a program runs here."""

from __future__ import annotations

from dataclasses import replace

from alignenv.benchmarks.evaluator import Outcome
from alignenv.errors import ProgramError
from alignenv.program import parse_program
from alignenv.task import Task
from alignenv.types import Candidate, Evaluation, Failure, FailureKind, Trial


def trial_of(
    candidate: Candidate,
    failure: Failure | None,
    outcome: Outcome | None,
    stopped_at: int | None,
) -> Trial:
    """The trial of a candidate.

    Args:
        candidate: Who was tried.
        failure: Why it was not trained.
        outcome: What came of its training; None only with a failure.
        stopped_at: Rung at which its training was stopped; None for a full one.
    """
    if outcome is not None and outcome.failure is None and outcome.score is not None:
        evaluation = Evaluation(
            score=outcome.score,
            env_steps=outcome.env_steps,
            stopped_at=stopped_at,
            curve=outcome.curve,
            components=outcome.components,
            episodes=outcome.episodes,
            compiled=outcome.compiled,
            cpu_s=outcome.cpu_s,
            tier=outcome.tier,
        )
        return Trial(candidate=candidate, evaluation=evaluation)
    reason = failure or (outcome.failure if outcome else None)
    assert reason is not None, "a candidate without an outcome failed its check"
    return Trial(candidate=candidate, failure=reason)


def twin_of(candidate: Candidate, leader: Trial) -> Trial:
    """The trial of a candidate that takes another's outcome.

    What was seen of single components is left out: only the totals of both are the same.
    """
    evaluation = leader.evaluation
    if evaluation is not None:
        curve = tuple(replace(point, components={}) for point in evaluation.curve)
        evaluation = replace(evaluation, curve=curve, components={})
    return Trial(
        candidate=candidate,
        evaluation=evaluation,
        failure=leader.failure,
        twin=leader.candidate.id,
    )


def check(candidate: Candidate, task: Task) -> Failure | None:
    """Static check of a candidate; nothing of the program runs."""
    if candidate.failure is not None:
        return candidate.failure
    try:
        parse_program(candidate.source, task.card.state, task.card.action)
    except ProgramError as error:
        return Failure(kind=FailureKind.RULE, code=error.problems[0].rule, message=str(error))
    return None


def join(first: Outcome, second: Outcome) -> Outcome:
    """One outcome of a training that went on past a rung."""
    cpu_s = first.cpu_s + second.cpu_s
    if second.failure is not None:
        steps = max(first.env_steps, second.env_steps)
        return replace(second, env_steps=steps, cpu_s=cpu_s)
    return replace(second, curve=first.curve + second.curve, cpu_s=cpu_s)


def standing(outcome: Outcome) -> tuple[float, float]:
    """Sort key of a trained candidate in a race, best first."""
    assert outcome.score is not None, "only trained candidates race"
    return (-outcome.score.success, -outcome.score.milestones)
