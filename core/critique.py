"""The critic's nouns: what was recorded of a task, what a program pays there, and a judgement.

A critic judges a program before anything is trained on it. What it sees of the task is recorded
once, by code that never meets a reward program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from alignenv.spec import Records
from alignenv.task import TaskCard
from alignenv.types import Failure

Floats = npt.NDArray[np.float64]

Severity = Literal["fault", "doubt", "unseen"]
"""`fault`: seen to go wrong; `doubt`: may hurt; `unseen`: could not be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a critic has to say about a program.

    Attributes:
        code: Short name of what is wrong, such as `failure-pays`.
        message: What is wrong and what cures it, for the writer of the program.
        evidence: What was seen, and where: component, field, steps of which recorded episode.
            Empty for an opinion.
        severity: How much it weighs.
    """

    code: str
    message: str
    evidence: str = ""
    severity: Severity = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a critic thinks of a program before it is trained.

    Attributes:
        p_success: Probability that an agent trained on it reaches TRUE success of at least
            `SUCCESS`, in [0, 1].
        findings: What it found, the most serious first.
        send_back: Whether the program should be written again rather than trained.
        voices: Probability by voice, of a critic that hears several.
    """

    p_success: float
    findings: tuple[Finding, ...] = ()
    send_back: bool = False
    voices: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0.0 <= self.p_success <= 1.0:
            raise ValueError(f"p_success is {self.p_success}; a probability is from 0 to 1.")


SUCCESS = 0.5
"""TRUE success from which a training counts as a success, for probabilities and Brier scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recorded episode, or the part of one that differs from the episode it branched from.

    Attributes:
        label: What the player did: `oracle`, `random`, `still`, `cycle`, `reversed`.
        doing: The same in words for people and coders, such as "repeats actions 4 3".
        layout: Number of its layout; recordings with equal numbers began alike.
        first: Row of its first transition.
        n_steps: Number of transitions.
        branch: Steps of the layout's first recording that were played before.
        success: TRUE success at its end.
        terminated: Whether it ended for a reason of the task; else it ran on or was cut off.
    """

    label: str
    doing: str
    layout: int
    first: int
    n_steps: int
    branch: int = 0
    success: bool = False
    terminated: bool = False

    @property
    def rows(self) -> slice:
        """Its transitions."""
        return slice(self.first, self.first + self.n_steps)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What was recorded of a task, equal for equal tasks.

    Attributes:
        states: Records that the transitions name, `(M, spec.size)`.
        before: Index of the record before each transition, `(N,)`.
        after: Index of the record after it, `(N,)`.
        action: `(N,)` or `(N, size)`, float64.
        t: Episode progress after the transition, in (0, 1], `(N,)`.
        recordings: Episodes in order; the first of each layout is the one that others branch from.
        gamma: The learner's discount.
        horizon: Longest episode, in steps.
    """

    states: Records
    before: npt.NDArray[np.int64]
    after: npt.NDArray[np.int64]
    action: Floats
    t: Floats
    recordings: tuple[Recording, ...]
    gamma: float
    horizon: int

    @property
    def n_rows(self) -> int:
        """Number of transitions."""
        return len(self.before)

    @property
    def references(self) -> tuple[Recording, ...]:
        """Recordings of success that others branch from; none where success was never seen."""
        first: dict[int, Recording] = {}
        for recording in self.recordings:
            first.setdefault(recording.layout, recording)
        return tuple(r for r in first.values() if r.success)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Payments:
    """What a program paid on the rows of an `Evidence`; computed by a worker, checked.

    Attributes:
        total: `(N,)`.
        components: `(N, k)`.
        names: Names of the components, k of them.
        kind: `reward` or `potential`; a potential's shaping, with the sparse reward, is the total.
    """

    total: Floats
    components: Floats
    names: tuple[str, ...]
    kind: str = "reward"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One program to judge.

    Attributes:
        card: The task.
        source: The program.
        evidence: What was recorded of the task.
        payments: What the program pays there; None where it could not be computed.
        failure: Why not: it is refused, or has no value somewhere.
        number: How many other programs of the search were judged before.
        seen: What was found by other means, such as an exact audit.
    """

    card: TaskCard
    source: str
    evidence: Evidence
    payments: Payments | None = None
    failure: Failure | None = None
    number: int = 0
    seen: tuple[Finding, ...] = ()


class Critic(Protocol):
    """Judges programs before they are trained."""

    name: str

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement per case, equal for equal cases, replies and outcomes that it was told."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judged program, and what its training showed.

    Attributes:
        source: The program.
        judgement: What the critic had said.
        success: TRUE success of the policy it was trained to, in [0, 1].
    """

    source: str
    judgement: Judgement
    success: float


@runtime_checkable
class LearningCritic(Critic, Protocol):
    """A critic that learns from how right it was."""

    def tell(self, verdicts: Sequence[Verdict]) -> None:
        """Take in the outcomes of a generation, in candidate-id order; nothing else changes it."""
        ...
