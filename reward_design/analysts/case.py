"""What a trial shows of each component, side by side: in training, in a failure, in a success."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from alignenv.evidence import WHOLE, Payment
from alignenv.reward_design.analysts.episodes import failed_episode, success_episode
from alignenv.reward_design.reading import Reading
from alignenv.task import TaskCard
from alignenv.types import ComponentStats, Episode, Evaluation, Trial

SILENCE = 1e-4
"""Share of training steps below which a component counts as silent."""
RARE = 0.1
"""Actions per training episode below which a component counts as rare."""
_SIGNIFICANT = 0.02


@dataclass(frozen=True, slots=True)
class Part:
    """One component; payments are None where no such episode was paid.

    Attributes:
        name: Its name.
        stats: Over all steps of training.
        rate: Steps of a training episode on which it acted, in the mean.
        failed: In the failed episode.
        success: In the successful one.
    """

    name: str
    stats: ComponentStats
    rate: float
    failed: Payment | None
    success: Payment | None

    @property
    def is_silent(self) -> bool:
        """Whether it never acted in training, or as good as never."""
        return self.stats.active < SILENCE

    @property
    def is_rare(self) -> bool:
        """Whether it acted in so few training episodes that they taught nothing."""
        return self.rate < RARE


class Case:
    """A trained program that did not solve its task.

    Args:
        card: The task.
        trial: Program and evaluation.
    """

    def __init__(self, card: TaskCard, trial: Trial) -> None:
        assert trial.evaluation is not None, "only trained programs are looked at"
        self.card, self.trial = card, trial
        self.evaluation: Evaluation = trial.evaluation
        self.failed: Episode | None = failed_episode(self.evaluation)
        self.success: Episode | None = success_episode(self.evaluation)

    @cached_property
    def reading(self) -> Reading:
        """Its program as text."""
        return Reading(self.trial.candidate.source, self.card.state)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Its components."""
        lengths = [p.length for p in self.evaluation.curve if p.length is not None]
        length = sum(lengths) / len(lengths) if lengths else self.evaluation.score.mean_length
        return tuple(
            Part(
                name,
                stats,
                stats.active * length,
                paid(self.failed, name),
                paid(self.success, name),
            )
            for name, stats in self.evaluation.components.items()
        )

    @cached_property
    def whole(self) -> Part:
        """The whole reward; its statistics are left empty."""
        nothing = ComponentStats(mean=0.0, low=0.0, high=0.0, active=0.0)
        return Part(WHOLE, nothing, 0.0, paid(self.failed, WHOLE), paid(self.success, WHOLE))

    @property
    def is_compared(self) -> bool:
        """Whether payments of a failure and of a success are known."""
        return self.whole.failed is not None and self.whole.success is not None

    @property
    def is_hacked(self) -> bool:
        """Whether the failure was paid at least as much as the success."""
        if self.whole.failed is None or self.whole.success is None:
            return False
        return self.whole.failed.total >= self.whole.success.total - 1e-9

    @cached_property
    def significant(self) -> float:
        """What a sum over an episode must reach to count: a small share of all that was paid."""
        sums = [
            abs(payment.total)
            for part in (*self.parts, self.whole)
            for payment in (part.failed, part.success)
            if payment is not None
        ]
        return max(1e-9, _SIGNIFICANT * max(sums, default=0.0))

    def was_missing(self, field: str) -> bool:
        """Whether the recorded episodes have states in which a field meant none."""
        missing = self.card.state[field].missing
        episodes = [e for e in (self.failed, self.success) if e is not None]
        states = [state.get(field) == missing for e in episodes for state in e.states]
        turns = [v.field == field and v.change in ("known", "unknown") for e in episodes
                 for v in e.events]  # fmt: skip
        return any(states) or any(turns)

    def failures(self) -> Sequence[Episode]:
        """Failed episodes of the agent, each layout once."""
        return list({e.seed: e for e in self.evaluation.episodes if not e.success}.values())


def paid(episode: Episode | None, component: str) -> Payment | None:
    """What a component paid in an episode; None where that is not known."""
    payments = episode.payments if episode is not None else ()
    return next((p for p in payments if p.component == component), None)
