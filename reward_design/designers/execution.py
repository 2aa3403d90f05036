"""Repair before training: a program that is refused, or does not run, goes back to its writer.

Only static checks run here; nothing of a program is executed outside a worker. Whoever has workers
runs the rest on recorded transitions; without them such faults come back as failed trials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from alignenv.errors import ProgramError
from alignenv.program import parse_program
from alignenv.reward_design.critic.rounds import written_again
from alignenv.reward_design.prompts import turns
from alignenv.task import TaskCard
from alignenv.types import Draft, Failure, FailureKind

if TYPE_CHECKING:
    from alignenv.reward_design.designers.base import GenerationalDesigner


class Runs(Protocol):
    """Runs programs on recorded transitions, where programs may run."""

    def failures(self, sources: Sequence[str]) -> Sequence[Failure | None]:
        """Why each program has no value somewhere; None where it has.

        Args:
            sources: Programs that the language accepts.
        """
        ...


@runtime_checkable
class Executing(Protocol):
    """A designer that has programs run before it proposes them."""

    def use(self, runs: Runs) -> None:
        """Run programs there from now on."""
        ...


def refusal(draft: Draft, card: TaskCard) -> Failure | None:
    """Why a draft cannot be trained, as far as its text tells; None for no reason."""
    if draft.failure is not None:
        return draft.failure
    try:
        parse_program(draft.source, card.state, card.action)
    except ProgramError as error:
        return Failure(kind=FailureKind.RULE, code=error.problems[0].rule, message=str(error))
    return None


def mended(
    designer: GenerationalDesigner,
    drafts: Sequence[Draft],
    briefs: Sequence[Mapping[str, Any]],
    rounds: int,
    runs: Runs | None = None,
) -> list[Draft]:
    """Drafts with the broken ones written again, each with its own error, up to `rounds` times.

    Args:
        designer: Who asks its coder.
        drafts: One draft per brief.
        briefs: Their fields; `turns` is the conversation that a repair goes on with.
        rounds: Most attempts per draft. What is broken after them is left as it is.
        runs: Runs what the language accepts; None to look at texts alone.
    """

    def broken(waiting: Mapping[int, Draft]) -> dict[int, tuple[Draft, Failure]]:
        refused = {i: why for i, d in waiting.items() if (why := refusal(d, designer.card))}
        sound = [i for i in waiting if i not in refused]
        if runs is not None and sound:
            said = runs.failures([waiting[i].source for i in sound])
            refused |= {i: why for i, why in zip(sound, said, strict=True) if why}
        return {i: (waiting[i], refused[i]) for i in waiting if i in refused}

    def again(faults: Mapping[int, tuple[Draft, Failure]]) -> list[Draft]:
        filled = [
            {**briefs[i], "turns": turns.repair(briefs[i]["turns"], draft.source, why)}
            for i, (draft, why) in faults.items()
        ]
        return [replace(d, note=d.note or "repaired") for d in designer.write_each(filled)]

    return written_again(list(drafts), broken, again, rounds)
