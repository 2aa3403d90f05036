"""The analyst that goes by rules: it names failures from figures, episodes and the program's text.

What it can say depends on what there is. Where a failed episode and a successful one were paid,
components are compared between the two; the success is the scripted reference's, or else one of the
agent's own. Without a success, statistics of the training have to do, and confidence is low.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from alignenv.analysis import Analysis, FailureMode, NamedFailure
from alignenv.reward_design.analysts import signs, text
from alignenv.reward_design.analysts.case import Case, Part
from alignenv.reward_design.analysts.episodes import SOLVED
from alignenv.reward_design.analysts.taxonomy import BY_MODE
from alignenv.reward_design.feedback import Verdict, judge_components
from alignenv.task import TaskCard
from alignenv.types import Trial

_LIKELY = 0.6
_MOSTLY = 0.5
_TIMES = 3
_DOMINANCE = 10.0
_FAINT = 0.05
_EXHAUSTED = 0.8
_RISE = 0.05


class RulesAnalyst:
    """Names failures by rule; the default.

    Args:
        is_blind: Whether to leave out what the task's scripted reference shows: its episode, what
            it is paid, and until when it could have saved a failed one.
    """

    def __init__(self, *, is_blind: bool = False) -> None:
        self.name = "rules:blind" if is_blind else "rules"
        self._is_blind = is_blind

    def analyse(self, card: TaskCard, trials: Sequence[Trial]) -> Sequence[Analysis | None]:
        """One analysis per trained program; None for one that failed."""
        return [self._analysis(card, trial) for trial in trials]

    def _analysis(self, card: TaskCard, trial: Trial) -> Analysis | None:
        if trial.evaluation is None:
            return None
        case = Case(card, without_reference(trial) if self._is_blind else trial)
        found = name_failures(case)
        return Analysis(
            failures=tuple(found),
            text=text.describe(case),
            gap=text.gap(case),
            proposal=BY_MODE[found[0].mode].advice if found else "",
        )


def without_reference(trial: Trial) -> Trial:
    """A trial without what the task's scripted reference shows."""
    assert trial.evaluation is not None, "only trained programs are looked at"
    kept = tuple(
        replace(e, last_chance=None) for e in trial.evaluation.episodes if e.label != "reference"
    )
    return replace(trial, evaluation=replace(trial.evaluation, episodes=kept))


def name_failures(case: Case) -> list[NamedFailure]:
    """What went wrong, the most likely first; empty where the task is solved."""
    if case.evaluation.score.success >= SOLVED:
        return []
    if not case.is_compared:
        found = [*signs.misread_state(case), *signs.wrong_sign(case), *_by_statistics(case)]
    else:
        found = [
            *signs.misread_state(case),
            *signs.wrong_sign(case),
            *_lingering(case),
            *_never_fires(case),
        ]
        if not any(failure.confidence >= _LIKELY for failure in found):
            found += _outweighed(case) if case.is_hacked else _guidance(case)
    return sorted(found, key=lambda failure: -failure.confidence)


def _lingering(case: Case) -> Iterator[NamedFailure]:
    """Components that a failed episode lives on: flooded with, or collected one by one.

    What depends on a change is collected, however often; what depends on a state alone floods.
    """
    assert case.failed is not None, "compared"
    earned = sum(max(0.0, p.failed.total) for p in case.parts if p.failed is not None)
    for part in case.parts:
        failed, success = part.failed, part.success
        if failed is None or success is None or failed.total <= case.significant:
            continue
        is_main = failed.total >= _MOSTLY * earned and failed.total > success.total
        if not is_main or failed.n_times == 0:
            continue
        confidence = 0.85 if case.is_hacked else 0.4
        seen = (
            f"paid {failed.total:.3g} on {failed.n_paid} of {case.failed.length} steps of a failed "
            f"episode, in {failed.n_times} stretch{'es' * (failed.n_times > 1)}; a success gets "
            f"{success.total:.3g} of it"
        )
        if part.name in case.reading.changes and failed.n_paid >= _TIMES:
            mode = FailureMode.FARMABLE_COMPONENT
        elif failed.n_paid >= _MOSTLY * case.failed.length:
            mode = FailureMode.REWARD_FLOODING
        elif failed.n_times >= _TIMES:
            mode = FailureMode.FARMABLE_COMPONENT
        else:
            continue
        yield signs.named(mode, confidence, seen, part, steps=(failed.first, failed.last))


def _outweighed(case: Case) -> Iterator[NamedFailure]:
    """What pays for the goal is outweighed: the failure is paid more than the success."""
    gains = {p.name: _gain(p) for p in case.parts}
    if not gains or max(gains.values()) <= 0.0:
        return
    best = max(case.parts, key=lambda part: gains[part.name])
    worst = min(case.parts, key=lambda part: gains[part.name])
    whole = case.whole
    assert whole.failed is not None and whole.success is not None, "compared"  # noqa: PT018
    seen = (
        f"success is worth {gains[best.name]:.3g} more in {best.name}, and "
        f"{-gains[worst.name]:.3g} less in {worst.name}: {whole.success.total:.3g} in all, a "
        f"failure {whole.failed.total:.3g}"
    )
    yield signs.named(FailureMode.DOMINATED_COMPONENT, 0.75, seen, best)


def _gain(part: Part) -> float:
    """What a success is paid beyond a failure."""
    if part.failed is None or part.success is None:
        return 0.0
    return part.success.total - part.failed.total


def _never_fires(case: Case) -> Iterator[NamedFailure]:
    for part in case.parts:
        acts = part.success is None or part.success.n_paid or part.success.n_charged
        if part.is_silent and not acts and not case.reading.charges(part.name):
            seen = f"on {part.stats.active:.1%} of training steps, and never in a success"
            confidence = 0.4 if case.is_hacked else 0.7
            yield signs.named(FailureMode.NEVER_FIRES, confidence, seen, part)


def _guidance(case: Case) -> Iterator[NamedFailure]:
    """The reward ranks success first: is the way there paid, reached in training, and enough?"""
    whole = case.whole
    assert whole.failed is not None and whole.success is not None, "compared"  # noqa: PT018
    silent = [p for p in case.parts if p.is_rare and p.success is not None and p.success.n_paid]
    acting = [p for p in case.parts if not p.is_rare and _on_the_way(p) > 0.0]
    silent.sort(key=lambda part: part.success.first if part.success else 0)
    guide = sum(_on_the_way(p) for p in acting)
    reached = sum(max(0.0, p.failed.total) for p in acting if p.failed is not None)
    worth = sum(max(0.0, p.success.total) for p in case.parts if p.success is not None)
    if silent and not acting:
        seen = (
            f"it paid on {silent[0].rate:.2g} steps of a training episode in the mean, and nothing "
            "that was paid leads there"
        )
        yield signs.named(FailureMode.UNREACHABLE_MILESTONE, 0.75, seen, silent[0])
    elif acting and guide < _FAINT * worth:
        part = max(acting, key=_on_the_way)
        seen = f"the way to a success pays {guide:.3g} of {worth:.3g} in all"
        yield signs.named(FailureMode.WEAK_SHAPING, 0.7, seen, part)
    elif silent and reached >= _EXHAUSTED * guide and not _is_rising(case):
        seen = (
            f"a failed episode already gets {reached:.3g} of the {guide:.3g} that is paid on the "
            f"way; {silent[0].name} comes next and hardly ever paid in training"
        )
        yield signs.named(FailureMode.UNREACHABLE_MILESTONE, 0.65, seen, silent[0])
    else:
        seen = (
            f"a success is paid {whole.success.total:.3g}, {guide:.3g} of it on the way, a failure "
            f"{whole.failed.total:.3g}"
        )
        if _is_rising(case):
            seen += "; success was still rising at the end of training"
        yield signs.named(FailureMode.EXPLORATION_LIMITED, 0.65, seen)


def _on_the_way(part: Part) -> float:
    """What a success is paid by a component before its last step."""
    return part.success.total - part.success.end if part.success is not None else 0.0


def _is_rising(case: Case) -> bool:
    """Whether success of training episodes was higher in the last third than in the middle."""
    success = [p.success for p in case.evaluation.curve if p.success is not None]
    third = len(success) // 3
    if not third:
        return False
    middle = success[third:-third]
    return sum(success[-third:]) / third - sum(middle) / len(middle) > _RISE


def _by_statistics(case: Case) -> Iterator[NamedFailure]:
    """Without a success to compare with: what the figures of the training suggest."""
    farmed = [n for n, v in judge_components(case.evaluation).items() if v is Verdict.FARMED]
    paying = [p for p in case.parts if p.stats.high > 0.0 or _may_pay(case, p)]
    for part in case.parts:
        stats = part.stats
        seen = f"on {stats.active:.1%} of training steps, {stats.mean:.3g} a step in the mean"
        if part.name in farmed:
            is_flood = part.name not in case.reading.changes and stats.active >= _MOSTLY
            mode = FailureMode.REWARD_FLOODING if is_flood else FailureMode.FARMABLE_COMPONENT
            yield signs.named(mode, 0.5, seen, part)
        elif (rest := _outshone(case, part)) is not None:
            told = f"{part.name} outweighs it: {seen}"
            yield signs.named(FailureMode.DOMINATED_COMPONENT, 0.45, told, rest)
        elif _may_pay(case, part) and not all(p.is_rare for p in paying):
            yield signs.named(FailureMode.NEVER_FIRES, 0.3, seen, part)
    if paying and all(part.is_rare for part in paying):
        seen = f"{', '.join(p.name for p in paying)}: hardly ever acted in training"
        yield signs.named(FailureMode.UNREACHABLE_MILESTONE, 0.5, seen, paying[0])
    elif not farmed:
        seen = "no component stands out, and no success is known to compare with"
        yield signs.named(FailureMode.EXPLORATION_LIMITED, 0.35, seen)


def _may_pay(case: Case, part: Part) -> bool:
    """Whether a component that never acted is there to pay."""
    return part.is_silent and not case.reading.charges(part.name)


def _outshone(case: Case, part: Part) -> Part | None:
    """The largest of the other components, where one outweighs all of them together."""
    others = [p for p in case.parts if p is not part]
    total = sum(_size(case, p) for p in others)
    if total <= 0.0 or _size(case, part) <= _DOMINANCE * total:
        return None
    return max(others, key=lambda p: _size(case, p))


def _size(case: Case, part: Part) -> float:
    """How much of a component a step sees; of what can cancel out, before it does."""
    stats = part.stats
    if part.name in case.reading.changes:
        return stats.active * max(abs(stats.low), abs(stats.high))
    return abs(stats.mean)
