"""Conversations with a language model that designers hold in words of their own."""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.reward_design.opinions import UNRATED, Opinions
from alignenv.reward_design.prompts import render
from alignenv.task import TaskCard
from alignenv.types import Failure, SentBack, Trial, Turn


def opening(card: TaskCard) -> tuple[Turn, ...]:
    """Role, language and task."""
    return (Turn("system", render.system_prompt()), Turn("user", render.task_prompt(card)))


def program(source: str) -> Turn:
    """A program as the model's own earlier answer."""
    return Turn("assistant", f"```python\n{source.strip()}\n```")


def mutation(
    card: TaskCard,
    parent: Trial,
    failed: Sequence[Trial] = (),
    opinions: Opinions = UNRATED,
) -> tuple[Turn, ...]:
    """The parent with its figures, and the wish for one change.

    What people think of its agent is told in place of success.
    """
    assert parent.evaluation is not None, "only trained programs have children"
    opinion = opinions.get(parent.candidate.id)
    answer = render.mutation_prompt(parent.evaluation, failures(failed), parent.analysis, opinion)
    return (*opening(card), program(parent.candidate.source), Turn("user", answer))


def crossover(
    card: TaskCard,
    first: Trial,
    second: Trial,
    opinions: Opinions = UNRATED,
) -> tuple[Turn, ...]:
    """Two parents with their figures, and the wish to combine them; opinions as for `mutation`."""
    assert first.evaluation is not None, "only trained programs have children"
    assert second.evaluation is not None, "only trained programs have children"
    told = [opinions.get(trial.candidate.id) for trial in (first, second)]
    return (
        *opening(card),
        program(first.candidate.source),
        Turn("user", render.another_prompt(first.evaluation, first.analysis, told[0])),
        program(second.candidate.source),
        Turn("user", render.crossover_prompt(second.evaluation, second.analysis, told[1])),
    )


def preference(
    card: TaskCard,
    best: Trial,
    worst: Trial,
    failed: Sequence[Trial] = (),
    *,
    n_programs: int,
    is_kept: bool,
) -> tuple[Turn, ...]:
    """Two programs of which one's agent was liked best and the other's least; others failed."""
    assert best.evaluation is not None, "only trained programs are compared"
    assert worst.evaluation is not None, "only trained programs are compared"
    first, second = render.preference_prompts(
        best.evaluation,
        worst.evaluation,
        failures(failed),
        n_programs=n_programs,
        is_kept=is_kept,
    )
    return (
        *opening(card),
        program(best.candidate.source),
        Turn("user", first),
        program(worst.candidate.source),
        Turn("user", second),
    )


def repair(turns: Sequence[Turn], source: str, failure: Failure) -> tuple[Turn, ...]:
    """A conversation that goes on with an unusable answer and what is wrong with it."""
    answer = render.repair_prompt(failure, has_program=bool(source))
    if source:
        return (*turns, program(source), Turn("user", answer))
    # Some servers insist that user and assistant take turns.
    return (*turns[:-1], Turn("user", f"{turns[-1].text}\n{answer}"))


def criticism(sent_back: Sequence[SentBack]) -> tuple[Turn, ...]:
    """Programs that a critic sent back, each with its findings."""
    return tuple(
        turn
        for one in sent_back
        for turn in (program(one.source), Turn("user", render.critic_findings_prompt(one.findings)))
    )


def failures(trials: Sequence[Trial]) -> list[Failure]:
    """What failed trials failed of."""
    return [trial.failure for trial in trials if trial.failure is not None]
