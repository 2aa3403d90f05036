"""What is known of one row of a benchmark: the figures that tables, pages and findings show."""

from __future__ import annotations

from dataclasses import dataclass

from alignenv.benchmarks.bench.rows import RowSpec
from alignenv.normalised import Gains, Normalised
from alignenv.significance import Contrast
from alignenv.statistics import Interval

EQUAL_MARGIN = 0.05
"""Differences in success within this count as none, when their whole interval is."""
EQUAL_PAIRS = 5
"""Fewer pairs on each task cannot show that two rows are equal: intervals are then too narrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A row against a bar.

    Attributes:
        contrast: What is known of the difference.
        n_tasks: Tasks that both have in full.
        n_pairs: Searches, or trainings of fixed rewards, that are paired on each task.
        p: p-value after Holm's correction over the rows of the table.
    """

    contrast: Contrast
    n_tasks: int
    n_pairs: int
    p: float

    @property
    def verdict(self) -> str:
        """`better`, `worse`, `equal` to within 5 points, or `undecided`.

        One pair on each task decides nothing: how far runs differ cannot be seen.
        """
        if self.n_pairs < 2:
            return "undecided"
        low, high = self.contrast.difference_interval
        told = self.contrast.verdict(self.p)
        is_narrow = self.n_pairs >= EQUAL_PAIRS and low > -EQUAL_MARGIN and high < EQUAL_MARGIN
        return "equal" if told == "undecided" and is_narrow else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """How a row's agents learned.

    Attributes:
        n_runs: Trainings with a curve.
        steps: Restricted mean of the steps to the threshold, as a share of a full training.
        n_censored: Trainings that never got there.
        area: Mean training success over a full training.
    """

    n_runs: int
    steps: float
    n_censored: int
    area: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hacking:
    """What a row's reward paid for beside what was meant.

    Attributes:
        gains: Mean gains of proxy and truth over runs that have both.
        n_runs: Runs that were audited.
        n_events: Runs that earn more of their reward than the oracle, and truly do worse.
        interval: 95 % interval of the rate of such events (Wilson).
    """

    gains: Gains | None
    n_runs: int
    n_events: int
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFacts:
    """What a row's searches did.

    Attributes:
        n_searches: Searches.
        n_candidates: Candidates of all of them.
        valid: Share of candidates that could be trained.
        mean: Mean success of candidates on selection seeds; one that failed counts as 0.
        best: Mean over searches of the best candidate's success on selection seeds.
        report: Mean success of the winners on fresh seeds.
    """

    n_searches: int
    n_candidates: int
    valid: float
    mean: float
    best: float
    report: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a row's records cost.

    Attributes:
        env_steps: Env steps per run of the row and task, searches included.
        cpu_h: Processor hours of all its records, on whatever tasks.
        calls: Model calls.
        tokens: Tokens of all model calls.
        usd: US dollars.
    """

    env_steps: float
    cpu_h: float
    calls: int
    tokens: int
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """One row of the tables; None where the records have nothing for a figure.

    Attributes:
        row: What it is.
        tasks: Tasks that its means are over.
        is_core: Whether these are the tasks of the table. A row that lacks one of them has means
            over all tasks that it has in full, which compare with no other row's.
        n_complete: Tasks that it has in full.
        n_asked: Tasks that it asks for.
        n_missing: Cells without a record.
        shape: Searches and trainings of each per task.
        n_failed: Trainings that failed and count as success 0.
        success: Interquartile mean of TRUE success over runs and tasks.
        interval: Its 95 % interval, runs redrawn within these tasks; None for one run a task.
        over_tasks: Its 95 % interval with the tasks redrawn too.
        mean: Mean TRUE success.
        by_task: Mean TRUE success by task, on all tasks that it has in full.
        normalised: Human-normalised score, tasks clipped to [0, 3].
        unclipped: Human-normalised score without the cut.
        against: The row against the bars, by their names.
        learning: How its agents learned.
        hacking: What its reward paid for.
        transfer: Success on layouts like those of training, less success on the others.
        reward_transfer: The same, less success of agents trained on the others by the same
            reward.
        search: What its searches did.
        cost: What it cost.
    """

    row: RowSpec
    tasks: tuple[str, ...]
    is_core: bool
    n_complete: int
    n_asked: int
    n_missing: int
    shape: tuple[int, int] = (0, 0)
    n_failed: int = 0
    success: float | None = None
    interval: Interval | None = None
    over_tasks: Interval | None = None
    mean: float | None = None
    by_task: dict[str, float]
    normalised: Normalised | None = None
    unclipped: Normalised | None = None
    against: dict[str, Against]
    learning: Learning | None = None
    hacking: Hacking | None = None
    transfer: tuple[float, Interval] | None = None
    reward_transfer: tuple[float, Interval] | None = None
    search: SearchFacts | None = None
    cost: Cost
