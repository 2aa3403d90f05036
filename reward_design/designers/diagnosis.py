"""What goes wrong with rewards, by name: a taxonomy as data, and rules that find it in a training.

The rules read what the coder may know as well: success, curves, components and states of failed
episodes. True progress and hidden facts are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from alignenv.reward_design.designers import analysts
from alignenv.reward_design.feedback import Verdict, judge_components, reflect
from alignenv.task import TaskCard
from alignenv.types import Evaluation, Trial

SOLVED = 0.9
"""Success from which nothing is looked for."""

_NEARLY_ALL, _FEW = 0.9, 0.5
_FLAT = 0.05
_RISE = 0.05


class Ailment(NamedTuple):
    """One way in which a reward fails.

    Attributes:
        name: Its name.
        meaning: How it shows, one sentence.
        advice: What helps, one sentence.
    """

    name: str
    meaning: str
    advice: str


class Finding(NamedTuple):
    """An ailment that was found, and what was seen of it."""

    ailment: Ailment
    evidence: str


UNREACHED = Ailment(
    "unreached",
    "No component ever paid, so that there was nothing to learn from.",
    "Pay for something that an untrained agent does now and then by chance.",
)
SILENT = Ailment(
    "silent component",
    "A component hardly ever acted.",
    "Loosen its condition, pay for an earlier step instead, or leave it out.",
)
FARMED = Ailment(
    "farmed component",
    "A component is collected again and again while the goal is not reached.",
    "Pay the change of its quantity, so that going back costs what coming near paid.",
)
DOMINATING = Ailment(
    "dominating component",
    "A component outweighs all others together.",
    "Bring it down to the scale of the others.",
)
LOITERING = Ailment(
    "loitering",
    "The agent earns without reaching the goal, and episodes run to the horizon.",
    "Make waiting worth less than finishing: charge for every step, and pay most for the goal.",
)
CUT_SHORT = Ailment(
    "cut short",
    "Most episodes end early without the goal.",
    "Charge for the event that ends them, more than could be earned on the way to it.",
)
STUCK = Ailment(
    "stuck at a step",
    "A step on the way never happened in failed episodes.",
    "Pay for coming nearer to this step, and once for doing it.",
)
FLAT = Ailment(
    "flat component",
    "A component stayed the same over training: it taught nothing.",
    "Rewrite it so that better behaviour changes it, or leave it out.",
)
RISING = Ailment(
    "still rising",
    "Success was still growing at the end of training.",
    "Keep the form of the reward; make its gradient steeper rather than different.",
)

TAXONOMY = (
    UNREACHED, FARMED, DOMINATING, CUT_SHORT, LOITERING, STUCK, SILENT, FLAT, RISING,
)  # fmt: skip
"""All ailments, the most serious first."""


def diagnose(card: TaskCard, trial: Trial) -> list[Finding]:
    """What went wrong in a training, the most serious first; empty where the task is solved."""
    evaluation = trial.evaluation
    if evaluation is None or evaluation.score.success >= SOLVED:
        return []
    found = [
        *_components(evaluation),
        *_episodes(card, evaluation),
        *_steps(card, trial),
        *_curves(evaluation),
    ]
    return sorted(found, key=lambda finding: TAXONOMY.index(finding.ailment))


def _components(evaluation: Evaluation) -> Iterator[Finding]:
    verdicts = judge_components(evaluation)
    silent = [name for name, verdict in verdicts.items() if verdict is Verdict.SILENT]
    if silent and len(silent) == len(evaluation.components):
        yield Finding(UNREACHED, f"{', '.join(silent)}: never acted")
        return
    named = {Verdict.SILENT: SILENT, Verdict.FARMED: FARMED, Verdict.DOMINATING: DOMINATING}
    for name, verdict in verdicts.items():
        stats = evaluation.components[name]
        seen = f"{name}: on {stats.active:.1%} of steps, {stats.mean:.3g} a step in the mean"
        yield Finding(named[verdict], seen)


def _episodes(card: TaskCard, evaluation: Evaluation) -> Iterator[Finding]:
    """How long episodes are, where few reach the goal."""
    score = evaluation.score
    if score.success >= _FEW:
        return
    seen = f"mean length {score.mean_length:.0f} of {card.horizon} steps"
    returns = [p.designed_return for p in evaluation.curve if p.designed_return is not None]
    if score.mean_length < _FEW * card.horizon:
        yield Finding(CUT_SHORT, seen)
    elif score.mean_length > _NEARLY_ALL * card.horizon and returns and returns[-1] > 0:
        yield Finding(LOITERING, f"{seen}, return {returns[-1]:.3g} in the last training episodes")


def _steps(card: TaskCard, trial: Trial) -> Iterator[Finding]:
    """Flags that were never on and ways that never became shorter."""
    lines = analysts.by_rule(card, analysts.failed_episodes(trial)).splitlines()
    seen = [line for line in lines if " never " in line]
    if seen:
        yield Finding(STUCK, "\n".join(seen))


def _curves(evaluation: Evaluation) -> Iterator[Finding]:
    """Components that did not change, and success that still did."""
    for series in reflect(evaluation):
        largest = max(abs(series.low), abs(series.high))
        is_component = series.name in evaluation.components
        if is_component and largest > 0 and series.high - series.low <= _FLAT * largest:
            yield Finding(FLAT, f"{series.name}: {series.low:.3g} to {series.high:.3g} an episode")
    success = [p.success for p in evaluation.curve if p.success is not None]
    third = len(success) // 3
    if third:
        middle, last = sum(success[third:-third]), sum(success[-third:])
        rise = last / third - middle / (len(success) - 2 * third)
        if rise > _RISE:
            yield Finding(
                RISING, f"success of training episodes rose by {rise:.0%} in the last third"
            )
