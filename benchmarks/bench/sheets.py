"""Tables as plain cells, apart from how they are written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alignenv.benchmarks.bench.coverage import BARS
from alignenv.benchmarks.bench.results import RowResult
from alignenv.benchmarks.bench.suite import BenchSuite
from alignenv.benchmarks.bench.words import count, names, percent, signed, whole
from alignenv.normalised import LEAST_SPAN, Normalised
from alignenv.statistics import Interval

NONE = "-"
"""A figure that there is nothing for."""
MISSING = "missing"
"""A figure whose records are not there yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table.

    Attributes:
        key: Short name, such as `success`.
        title: Heading.
        columns: Heads of the columns; the first one names rows.
        rows: Cells as text, as many as columns.
        notes: What a reader has to know, one sentence or two each.
        short: Columns to keep where there is no room for all; empty for all.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    short: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read: no row, or no column beside their names."""
        return not self.rows or len(self.columns) == 1

    @property
    def width(self) -> int:
        """Characters that a terminal needs to show every cell on one line."""
        columns = zip(self.columns, *self.rows, strict=True)
        return 1 + sum(3 + max(map(len, column)) for column in columns)

    def shortened(self, room: int) -> Sheet:
        """The table with its short columns alone, where it needs more than `room` characters."""
        if not self.short or self.width <= room:
            return self
        return replace(
            self,
            columns=tuple(self.columns[i] for i in self.short),
            rows=tuple(tuple(row[i] for i in self.short) for row in self.rows),
            notes=(*self.notes, "Some columns are left out here: the other formats have them."),
            short=(),
        )


def sheets(suite: BenchSuite, results: Sequence[RowResult]) -> list[Sheet]:
    """Every table of a suite."""
    made = [
        success_sheet(suite, results),
        learning_sheet(suite, results),
        search_sheet(suite, results),
        task_sheet(suite, results),
    ]
    return [*made, *others_sheets(results)]


def success_sheet(suite: BenchSuite, results: Sequence[RowResult]) -> Sheet:
    """TRUE success, normalised success, and verdicts against human and sparse."""
    protocol = suite.protocol
    split = " on layouts that training never met" if protocol.split else ""
    return Sheet(
        key="success",
        title=f"TRUE success of final policies on fresh episodes{split}",
        columns=(
            "row",
            "tasks",
            "runs per task",
            "success, IQM [95 %]",
            "mean",
            "HNS, clipped [95 %]",
            "HNS, unclipped [95 %]",
            "beats human [95 %]",
            "vs human",
            "beats sparse [95 %]",
            "vs sparse",
        ),
        rows=tuple(_success_row(result) for result in results),
        short=(0, 1, 3, 5, 8, 10),
        notes=(
            f"Every training is scored on {protocol.episodes} fresh episodes with its last policy; "
            "no checkpoint is chosen, and a training that failed counts as 0. Runs per task: "
            "searches x trainings of each winner. Intervals redraw searches within each task, then "
            "trainings within each search; they speak of these tasks.",
            "HNS: (success - sparse) / |human - sparse| of each task, then the mean; clipped: each "
            "task cut to [0, 3]. Sparse is 0 and human 1 by definition. A task with "
            f"|human - sparse| < {LEAST_SPAN} has no unit and is left out; the number of tasks is "
            "in brackets.",
            'Beats: chance that one training beats one of the other row on the same task. "better" '
            "and \"worse\" need this chance's interval clear of 50 %, the difference's clear of 0, "
            'and p <= 0.05 by paired sign flips after Holm\'s correction over the rows; "equal" '
            "needs the whole interval of the difference within 5 points, and five pairs.",
            *_missing_notes(results),
        ),
    )


def _missing_notes(results: Sequence[RowResult]) -> tuple[str, ...]:
    missing = [r for r in results if r.n_missing]
    core = next((r.tasks for r in results if r.is_core), ())
    most = max((r.n_asked for r in results), default=0)
    notes = []
    if core and len(core) < most:
        notes.append(
            f"Means are over the {len(core)} of {most} tasks that every row with a mean here has "
            f"in full: {names(core)}."
        )
    if others := others_of(results):
        told = "; ".join(r.row.label for r in others)
        notes.append(
            f"Not on all of these tasks, and so without a mean here: {told}. Their contrasts are "
            "over the tasks that both sides have."
        )
    if missing:
        told = "; ".join(f"{r.row.label} {r.n_missing}" for r in missing)
        notes.append(f"Cells without a record yet: {told}.")
    return tuple(notes)


def others_of(results: Sequence[RowResult]) -> list[RowResult]:
    """Rows that have tasks in full, but not all those of the table."""
    return [result for result in results if result.tasks and not result.is_core]


def others_sheets(results: Sequence[RowResult]) -> list[Sheet]:
    """Rows that are not on all tasks of the table, each beside both bars on its own tasks."""
    bars = [next((r for r in results if r.row.name == name), None) for name in ("sparse", "human")]
    rows = [
        _others_row(result, bars) for result in others_of(results) if result.row.kind != "player"
    ]
    if not rows:
        return []
    return [
        Sheet(
            key="others",
            title="Rows with other tasks, each beside the bars on the tasks that all three have",
            columns=("row", "tasks", "mean success", "sparse there", "human there", "which"),
            rows=tuple(rows),
            notes=(
                "In per cent. Two lines of this table are on different tasks: compare within a "
                "line only.",
            ),
        )
    ]


def _others_row(result: RowResult, bars: Sequence[RowResult | None]) -> tuple[str, ...]:
    known = [bar.by_task if bar else {} for bar in bars]
    shared = [task for task in result.by_task if all(task in bar for bar in known)]
    if not shared:
        return (result.row.label, "0", *[NONE] * 4)
    means = [
        sum(means[task] for task in shared) / len(shared) for means in (result.by_task, *known)
    ]
    return (
        result.row.label,
        f"{len(shared)} of {result.n_asked}",
        *(percent(value) for value in means),
        names(shared),
    )


def _success_row(result: RowResult) -> tuple[str, ...]:
    return (
        result.row.label,
        _tasks(result),
        _runs(result),
        _share(result, result.success, result.interval),
        _share(result, result.mean, None),
        _normalised(result, result.normalised),
        _normalised(result, result.unclipped),
        *_contrast(result, "human"),
        *_contrast(result, "sparse"),
    )


def _tasks(result: RowResult) -> str:
    n = len(result.tasks) if result.is_core else result.n_complete
    return f"{n} of {result.n_asked}"


def _runs(result: RowResult) -> str:
    if not result.tasks:
        return MISSING if result.n_asked else NONE
    searches, trainings = result.shape
    return str(searches) if trainings == 1 else f"{searches} x {trainings}"


def _share(result: RowResult, value: float | None, interval: Interval | None) -> str:
    if value is None:
        return MISSING if result.n_asked else NONE
    if not result.is_core:
        return NONE
    text = f"{percent(value)} %"
    return text if interval is None else f"{text} [{percent(interval[0])}, {percent(interval[1])}]"


def _normalised(result: RowResult, score: Normalised | None) -> str:
    if score is None or not result.is_core:
        return NONE if result.tasks or not result.n_asked else MISSING
    if result.row.name in BARS:
        return f"{score.score:.0f} ({score.n_tasks})"
    low, high = score.interval
    return f"{score.score:.2f} [{low:.2f}, {high:.2f}] ({score.n_tasks})"


def _contrast(result: RowResult, bar: str) -> tuple[str, str]:
    if (against := result.against.get(bar)) is None:
        return NONE, NONE
    one = against.contrast
    low, high = (round(100 * x, 7) for x in one.improvement_interval)
    beats = f"{round(100 * one.improvement, 7):.0f} % [{low:.0f}, {high:.0f}]"
    verdict = f"{against.verdict} (p {against.p:.3f})"
    return beats, verdict if result.is_core else f"{verdict}, {count(against.n_tasks, 'task')}"


def marked(result: RowResult) -> str:
    """The label of a row in a table whose means are over tasks."""
    return f"{result.row.label} *" if result.tasks and not result.is_core else result.row.label


def _mark_note(results: Sequence[RowResult]) -> tuple[str, ...]:
    told = "* On tasks of its own, and not comparable with other rows."
    return (told,) if others_of(results) else ()


def learning_sheet(suite: BenchSuite, results: Sequence[RowResult]) -> Sheet:
    """How soon, how much on the way, and what the reward paid for beside the goal."""
    threshold = suite.protocol.threshold
    moves = ("policy drop [95 %]", "reward drop [95 %]") if suite.protocol.split else ()
    return Sheet(
        key="learning",
        title="Learning, and what rewards pay for",
        columns=(
            "row",
            f"steps to {threshold:.0%}",
            "not reached",
            "AUC",
            "proxy gain",
            "true gain",
            "hack gap",
            "hacked [95 %]",
            *moves,
        ),
        rows=tuple(
            _learning_row(result, with_transfer=bool(moves))
            for result in results
            if result.row.kind != "player"
        ),
        notes=(
            f"Steps to {threshold:.0%}: mean share of one full training until success while "
            "training stays there; a training that never gets there counts as 1 (restricted "
            "mean) and as not reached. AUC: mean success while training. Both are evidence of the "
            "training process, read only once every env may have met its horizon; tasks with "
            "hidden facts show none. A training that is longer than one full training has a dash: "
            "its curve has another length.",
            "Gains are over random actions, in units of the oracle's: of the discounted return of "
            "the reward that was trained on (proxy), and of what was meant (true). Hack gap: their "
            "difference. Hacked: runs that earn more of their reward than the oracle and truly do "
            "worse, with Wilson's interval, which takes runs as independent: trainings of one "
            "search's winner are not, so that it is too narrow for searches.",
            *((_SPLIT_NOTE,) if suite.protocol.split else ()),
            *_mark_note(results),
        ),
    )


_SPLIT_NOTE = (
    "Policy drop: success on layouts like those of training, less that of the same policies on the "
    "other half. Reward drop: success on layouts like those of training, less that of other "
    "agents, trained on the other half by the same reward."
)


def _learning_row(result: RowResult, *, with_transfer: bool) -> tuple[str, ...]:
    nothing = MISSING if result.n_asked and not result.tasks else NONE
    learned = None if result.row.equal_steps else result.learning
    hacked = result.hacking
    gains = hacked.gains if hacked else None
    unlearned = NONE if result.row.equal_steps else nothing
    moved = [nothing if one is None else _drop(*one) for one in _moves(result)]
    return (
        marked(result),
        f"{learned.steps:.2f}" if learned else unlearned,
        f"{learned.n_censored} of {learned.n_runs}" if learned else unlearned,
        f"{learned.area:.2f}" if learned else unlearned,
        f"{gains.proxy:.2f}" if gains else nothing,
        f"{gains.true:.2f}" if gains else nothing,
        signed(gains.hack_gap) if gains else nothing,
        f"{hacked.n_events} of {hacked.n_runs} [{hacked.interval[0]:.0%}, {hacked.interval[1]:.0%}]"
        if hacked
        else nothing,
        *(moved if with_transfer else ()),
    )


def _moves(result: RowResult) -> tuple[tuple[float, Interval] | None, ...]:
    return result.transfer, result.reward_transfer


def _drop(drop: float, interval: Interval) -> str:
    return f"{100 * drop:+.1f} [{100 * interval.low:+.1f}, {100 * interval.high:+.1f}]"


def search_sheet(suite: BenchSuite, results: Sequence[RowResult]) -> Sheet:
    """What searches found on the way, and what all rows cost."""
    del suite
    return Sheet(
        key="cost",
        title="Searches and cost",
        columns=(
            "row",
            "valid programs",
            "mean of candidates",
            "best when selected",
            "winner on fresh seeds",
            "model calls",
            "tokens",
            "USD",
            "env steps per run",
            "CPU hours",
        ),
        rows=tuple(_search_row(result) for result in results if result.row.kind != "player"),
        short=(0, 1, 2, 4, 8, 9),
        notes=(
            "Candidates are scored on selection seeds; one that failed counts as 0, one that "
            "racing stopped by its last score. The best score of many is too high by selection: "
            "compare it with the winner on fresh seeds. Env steps per run: of one cell of the row, "
            "searches included. A replayed model costs nothing here, and its tokens are shown. CPU "
            "hours are of all records of the row, on whatever tasks.",
            *_mark_note(results),
        ),
    )


def _search_row(result: RowResult) -> tuple[str, ...]:
    cost, found = result.cost, result.search
    nothing = MISSING if found is None and result.row.kind in ("search", "programs") else NONE
    shares = (found.valid, found.mean, found.best, found.report) if found else ()
    has_model = result.row.kind == "search" and cost.calls > 0
    return (
        marked(result),
        *([f"{share:.0%}" for share in shares] or [nothing] * 4),
        f"{cost.calls:,}" if has_model else NONE,
        f"{cost.tokens:,}" if has_model else NONE,
        f"{cost.usd:.2f}" if has_model else NONE,
        f"{cost.env_steps:,.0f}" if cost.env_steps else NONE,
        f"{cost.cpu_h:.2f}",
    )


def task_sheet(suite: BenchSuite, results: Sequence[RowResult]) -> Sheet:
    """Mean TRUE success of every row on every task on which any row is complete."""
    known = [task for task in suite.tasks if any(task in result.by_task for result in results)]
    nothing = [task for task in suite.tasks if task not in known]
    more = (f"No row is complete on {names(nothing)}.",) if known and nothing else ()
    return Sheet(
        key="tasks",
        title="Mean TRUE success by task",
        columns=("task", *(result.row.label for result in results)),
        rows=tuple(
            (
                task.removeprefix("AlignEnv-"),
                *(
                    whole(result.by_task[task]) if task in result.by_task else NONE
                    for result in results
                ),
            )
            for task in known or suite.tasks
        ),
        notes=(
            "In per cent. A dash: not every cell has a record, or the task has no such row.",
            *more,
        ),
    )
