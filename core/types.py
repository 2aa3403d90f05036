"""The nouns of reward design: candidate, evaluation, trial, and the roles that handle them.

All are immutable values. Text that a worker or a model wrote is data here, never instructions.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from alignenv.analysis import Analysis
from alignenv.evidence import Event, LastChance, Payment
from alignenv.task import TaskCard

EVIDENCE_STATES = 48
"""Most state records that an `Episode` keeps."""


class FailureKind(enum.StrEnum):
    """Why a candidate has no score."""

    NO_CODE = "no-code"
    CUT_OFF = "cut-off"
    PARSE = "parse"
    RULE = "rule"
    COMPILE = "compile"
    VALUE = "value"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"
    REJECTED = "rejected"
    HACKABLE = "hackable"
    INFRASTRUCTURE = "infrastructure"

    @property
    def is_coders(self) -> bool:
        """Whether the coder caused it and is told about it."""
        return self is not FailureKind.INFRASTRUCTURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One typed failure.

    Attributes:
        kind: Who has to act on it.
        code: Rule (`R...`), value (`E...`) or worker (`W...`) code; empty when there is none.
        message: What happened, length-capped, quoted as data in prompts.
    """

    kind: FailureKind
    message: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One reward program as proposed, before anyone has run it.

    Attributes:
        id: Immutable, unique in its study, sorts in order of proposal ("g01c03").
        source: Program text; empty when the coder gave none (then `failure` says why).
        coder: Name of the coder that wrote it.
        generation: 0-based.
        parents: Ids of the candidates it was derived from.
        requests: Ids of the recorded model calls that made it.
        note: The coder's own one-line account of the change, as data.
        failure: Set when the coder's reply held no usable program.
    """

    id: str
    source: str
    coder: str
    generation: int
    parents: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    note: str = ""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """TRUE success of one policy, measured by the evaluator on fresh episodes.

    Attributes:
        success: Rate over `n_episodes`, actions sampled from the policy, in [0, 1].
        success_greedy: The same with the most probable action.
        milestones: Mean true progress in [0, 1] over the same episodes (sampled actions).
        mean_length: Mean episode length in steps (sampled actions).
        n_episodes: Episodes per figure.
        performance: Mean hidden performance (sampled actions); None for a task without one.
    """

    success: float
    success_greedy: float
    milestones: float
    mean_length: float
    n_episodes: int
    performance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """State of a training after some env steps; from the worker, so evidence and not a score.

    Attributes:
        env_steps: Env steps so far, over all parallel envs.
        success: Success rate of training episodes that ended since the last point, or None.
        designed_return: Mean return of the designed reward over those episodes, or None.
        length: Mean episode length in steps, or None.
        components: Mean per-episode sum of each reward component.
    """

    env_steps: int
    success: float | None
    designed_return: float | None
    length: float | None
    components: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentStats:
    """What one component paid over a whole training.

    Attributes:
        mean: Mean per step.
        low: Smallest value seen.
        high: Largest value seen.
        active: Share of steps on which it was not zero, in [0, 1].
    """

    mean: float
    low: float
    high: float
    active: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One recorded evaluation episode.

    Attributes:
        label: `best`, `typical`, `worst`, `first` for the first seed whatever its outcome, or
            `reference`: not the agent, but the task's scripted reference where the agent failed.
        seed: Seed of its reset.
        success: TRUE success.
        milestones: True progress at the end.
        length: Steps.
        actions: Actions taken, one per step.
        states: State records by field name, for prompts: the first and the last
            `EVIDENCE_STATES // 2`; seed and actions replay the whole episode.
        events: What happened to its fields, in order, over all its states.
        payments: What the program paid, the whole reward first; empty where it was not tried.
        last_chance: Until when success was possible; None where that was not looked for.
    """

    label: str
    seed: int
    success: bool
    milestones: float
    length: int
    actions: tuple[Any, ...]
    states: tuple[Mapping[str, Any], ...]
    events: tuple[Event, ...] = ()
    payments: tuple[Payment, ...] = ()
    last_chance: LastChance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What training with a candidate showed.

    Attributes:
        score: TRUE success of the final policy, or of the policy at the rung it was stopped at.
        env_steps: Env steps trained.
        stopped_at: Rung at which racing stopped it (0-based), None when fully trained.
        curve: Training evidence in order of env steps.
        components: Statistics by component name.
        episodes: Typical, best and worst evaluation episode, and the reference's.
        compiled: Whether the program ran compiled.
        cpu_s: Processor seconds of training and evaluation.
        tier: Isolation observed by the worker's self-test.
    """

    score: Score
    env_steps: int
    stopped_at: int | None = None
    curve: tuple[CurvePoint, ...] = ()
    components: Mapping[str, ComponentStats] = field(default_factory=dict)
    episodes: tuple[Episode, ...] = ()
    compiled: bool = True
    cpu_s: float = 0.0
    tier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One candidate with its outcome: exactly one of `evaluation` and `failure` is set.

    `analysis` is what the search's analyst says of it, None without one. `twin` is the id of an
    earlier candidate that pays the same on recorded transitions, where its outcome was taken in
    place of a training of its own; else empty.
    """

    candidate: Candidate
    evaluation: Evaluation | None = None
    failure: Failure | None = None
    analysis: Analysis | None = None
    twin: str = ""

    def __post_init__(self) -> None:
        if (self.evaluation is None) == (self.failure is None):
            raise ValueError(
                f"Trial {self.candidate.id} needs an evaluation or a failure, and not both."
            )

    @property
    def own(self) -> Evaluation | None:
        """What a training of its own showed; None for a failure, and for an outcome it took."""
        return None if self.twin else self.evaluation

    @property
    def outcome(self) -> str:
        """How it ended, in a few words for tables."""
        if self.failure is not None:
            return f"failed: {self.failure.kind.value} {self.failure.code}".rstrip()
        if self.twin:
            return f"pays the same as {self.twin}"
        stopped = self.evaluation.stopped_at if self.evaluation else None
        return "fully trained" if stopped is None else f"stopped at rung {stopped}"

    @property
    def merit(self) -> tuple[float, float, float, float]:
        """What selection compares: fully trained, TRUE success, milestones, short episodes."""
        if self.evaluation is None:
            return (-1.0, 0.0, 0.0, 0.0)
        score = self.evaluation.score
        finished = 1.0 if self.evaluation.stopped_at is None else 0.0
        return (finished, score.success, score.milestones, -score.mean_length)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation with a language model."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class SentBack:
    """A program that a critic sent back, and its findings in words for a language model."""

    source: str
    findings: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a designer hands to a coder.

    Attributes:
        card: The task; the only source of facts about it.
        generation: 0-based.
        seed: Seed for the coder's own randomness; equal briefs give equal drafts.
        parents: Trials to improve on, best first; empty in the first generation.
        failed: Trials of the last generation that failed by the coder's fault.
        slot: How many drafts the designer asked for before, in its whole search.
        comment: What a person said about the first parent; empty for nothing.
        turns: What a language model is told in place of its coder's own words; a coder that
            needs no words goes by the parents alone.
        sent_back: Answers to this brief that a critic sent back, oldest first.
    """

    card: TaskCard
    generation: int
    seed: int
    parents: tuple[Trial, ...] = ()
    failed: tuple[Trial, ...] = ()
    slot: int = 0
    comment: str = ""
    turns: tuple[Turn, ...] = ()
    sent_back: tuple[SentBack, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One reply of a coder: a program, or the reason why there is none.

    Attributes:
        source: Program text; empty when there is none.
        parents: Ids of the candidates it was derived from.
        requests: Ids of the recorded model calls that made it.
        note: The coder's own one-line account of the change.
        failure: Why there is no program.
        coder: Who wrote it where that is not the coder that was asked; empty otherwise.
    """

    source: str
    parents: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    note: str = ""
    failure: Failure | None = None
    coder: str = ""


class Coder(Protocol):
    """Writes reward programs."""

    name: str

    def write(self, brief: Brief, n: int) -> Sequence[Draft]:
        """Exactly `n` drafts, the same for equal briefs and equal recorded replies."""
        ...


@runtime_checkable
class ManyBriefsCoder(Coder, Protocol):
    """A coder that answers many briefs at once faster than one after the other."""

    def write_each(self, briefs: Sequence[Brief]) -> Sequence[Draft]:
        """One draft per brief, the same as `write(brief, 1)` gives for each."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a language model said.

    Attributes:
        text: The reply, as data.
        request: Id of the recorded call.
    """

    text: str
    request: str


@runtime_checkable
class Talker(Protocol):
    """A coder that can also be asked for words, in roles such as a critic's."""

    def talk(self, conversations: Sequence[Sequence[Turn]], slot: int) -> Sequence[Answer]:
        """One answer per conversation; `slot` numbers the first of these requests."""
        ...


class Designer(Protocol):
    """Proposes reward programs and learns from how they did."""

    def ask(self, n: int) -> Sequence[Candidate]:
        """Return up to `n` candidates; what it has learned changes only in `tell`."""
        ...

    def tell(self, trials: Sequence[Trial]) -> None:
        """Take in the outcome of every candidate of the last `ask`, in the order asked."""
        ...


@runtime_checkable
class HasFacts(Protocol):
    """A designer with figures of its own for the record of a finished search."""

    def facts(self) -> Mapping[str, Any]:
        """JSON values by name, such as the number of questions put to a person."""
        ...


@runtime_checkable
class HasChoice(Protocol):
    """A designer that chooses the winner itself, without knowing TRUE success."""

    def choice(self) -> str | None:
        """Id of the chosen candidate; None to leave the choice to TRUE success."""
        ...
