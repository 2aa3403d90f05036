"""What an audit says: a verdict, what it rests on, and what it could not decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

from alignenv.reward_design.audit.behaviour import Behaviour

Word = Literal["sound", "hackable", "undecided"]
Weight = Literal["fault", "doubt", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One thing that was noticed about a reward.

    Attributes:
        code: Short name, such as `standing-still-pays`; docs/audit.md lists all.
        message: What was noticed and what cures it.
        weight: `fault` makes the reward hackable, `doubt` may hurt, `note` is for information.
        steps: The behaviour that shows it, as lines; empty where there is none.
    """

    code: str
    message: str
    weight: Weight = "note"
    steps: tuple[str, ...] = ()


def by_weight(signs: Iterable[Sign]) -> list[Sign]:
    """The heaviest first; those of one weight keep their order."""
    return sorted(signs, key=lambda sign: get_args(Weight).index(sign.weight))


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What the best paid behaviours are truly worth on one list of states.

    Attributes:
        name: What was listed.
        n_states: How many states.
        success: TRUE success of the worst and the best of them, 0 to 1.
        performance: Hidden performance of the worst and the best.
        meant: The least and the most hidden performance that any behaviour has.
        with_clock: TRUE success of the worst tie of an agent that sees the clock and does not
            discount; None where that is too much to plan for.
        return_paid: Discounted pay of the best paid behaviours.
        return_meant: Most discounted pay of a behaviour that is truly best; None where the truth
            is about other states.
        behaviour: The worst of them.
        seed: Seed of a reset after which it can be played; None for none.
    """

    name: str
    n_states: int
    success: tuple[float, float]
    performance: tuple[float, float]
    meant: tuple[float, float]
    with_clock: float | None
    return_paid: float
    return_meant: float | None
    behaviour: Behaviour
    seed: int | None

    @property
    def regret(self) -> float:
        """Share of the range of hidden performance that the worst of them loses, 0 to 1."""
        low, high = self.meant
        return 0.0 if high <= low else (high - self.performance[0]) / (high - low)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How far the reward is from another, on some coverage.

    Attributes:
        metric: `minimal`, `val`, `val_potential`, `epic`, `dard`, `pearson` or `spearman`.
        coverage: What it was measured on.
        against: `truth`, or the name of the other reward.
        value: From 0, the same preferences, to 1, opposite ones.
    """

    metric: str
    coverage: str
    against: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The whole answer.

    Attributes:
        verdict: `sound`, `hackable` or `undecided`.
        reason: One sentence.
        method: `exact` or `sampled`.
        worths: One per list of states; empty when sampled.
        signs: What was noticed, the most serious first.
        distances: To the truth and to the other reward.
        saw: What was looked at, one line each.
        undecided: What could not be decided, one line each.
    """

    verdict: Word
    reason: str
    method: str
    worths: tuple[Worth, ...] = ()
    signs: tuple[Sign, ...] = ()
    distances: tuple[Distance, ...] = ()
    saw: tuple[str, ...] = field(default=())
    undecided: tuple[str, ...] = field(default=())
