"""What racing between candidates saves, and what it loses.

The same programs are trained in full, scored at every rung on the way. From those scores any race
can be told after the fact: whom it would have stopped, how many env steps it would have used, and
how good the program is that it would have chosen, on fresh episodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.benchmarks.bench.cells import Cell, Ground, report_seeds, search_seed
from alignenv.benchmarks.bench.records import Record
from alignenv.benchmarks.bench.sheets import MISSING, NONE, Sheet
from alignenv.benchmarks.bench.trainings import Bench, fresh, score_again
from alignenv.benchmarks.evaluator import Evaluator, Outcome, ResultStore, Trainee
from alignenv.benchmarks.protocol import EvaluatePayload, TrainPayload
from alignenv.benchmarks.race import Rung, rungs_of
from alignenv.seeding import child_seed, episode_seeds, generator
from alignenv.statistics import Interval

FloatArray = npt.NDArray[np.float64]

RUNGS = (0.125, 0.25, 0.5, 1.0)
"""Shares of a full training after which every program is scored."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A race.

    Attributes:
        name: What tables call it.
        rungs: Where programs are compared, in order.
    """

    name: str
    rungs: tuple[Rung, ...] = ()


SCHEDULES = (
    Schedule("full training"),
    Schedule("half after 1/2", rungs_of([0.5], [0.5])),
    Schedule("half after 1/4", rungs_of([0.25], [0.5])),
    Schedule("quarter after 1/4", rungs_of([0.25], [0.25])),
    Schedule("quarter after 1/8", rungs_of([0.125], [0.25])),
    Schedule("eighth after 1/8", rungs_of([0.125], [0.125])),
    Schedule("half after 1/4, a quarter of them after 1/2", rungs_of([0.25, 0.5], [0.5, 0.25])),
    Schedule(
        "3/4 after 1/8, half of them after 1/4, a third of those after 1/2",
        rungs_of([0.125, 0.25, 0.5], [0.75, 0.5, 1 / 3]),
    ),
    Schedule("halving at 1/8, 1/4, 1/2", rungs_of([0.125, 0.25, 0.5], [0.5])),
)


class Race(NamedTuple):
    """How a race ended: index of the program it chose, and the share of env steps that it used."""

    chosen: int
    share: float


def race(scores: FloatArray, schedule: Schedule, rungs: Sequence[float] = RUNGS) -> Race:
    """Run a race over known scores.

    Args:
        scores: Score of each program at each rung, `(programs, rungs)`; programs that failed have
            the lowest.
        schedule: The race.
        rungs: Share of a full training at each column; the last is 1.
    """
    alive = np.arange(len(scores))
    used, done = 0.0, 0.0
    for rung in schedule.rungs:
        used, done = used + len(alive) * (rung.after - done), rung.after
        order = np.argsort(-scores[alive, list(rungs).index(rung.after)], kind="stable")
        alive = np.sort(alive[order[: rung.n_kept(len(alive))]])
    used += len(alive) * (1.0 - done)
    chosen = alive[np.argmax(scores[alive, -1])]
    return Race(int(chosen), used / len(scores))


def train_programs(bench: Bench, cell: Cell, store: ResultStore) -> tuple[dict[str, Any], float]:
    """Train every program of a racing cell in full, scored at each rung; and processor seconds."""
    ground, told = bench.ground, cell.settings
    programs = list(told["programs"].items())
    ends = [ground.preset.whole_rollouts(ground.full * share) for share in RUNGS]
    outcomes: dict[str, Outcome] = {}
    rows: dict[str, list[list[float]]] = {name: [] for name, _ in programs}
    cpu_s = 0.0
    for rung, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        bench.view.phase(f"{cell.row} {cell.seed}: to {RUNGS[rung]:.0%} of the steps")
        alive = [(n, s) for n, s in programs if rung == 0 or outcomes[n].score is not None]
        trainees = [
            _trainee(ground, cell, name, source, (rung, start, end), outcomes.get(name))
            for name, source in alive
        ]
        for (name, _), outcome in zip(
            alive, Evaluator(bench.pool, store, bench.view).run(trainees), strict=True
        ):
            outcomes[name] = outcome
            cpu_s += outcome.cpu_s
            if outcome.score is not None:
                rows[name].append([outcome.score.success, outcome.score.milestones])
    final = [name for name, _ in programs if outcomes[name].score is not None]
    return {
        "rungs": list(RUNGS),
        "steps": ends,
        "programs": [{"name": name, "scores": rows[name]} for name, _ in programs],
        "report": _reported(bench, cell, {name: outcomes[name] for name in final}),
    }, cpu_s


def _trainee(
    ground: Ground,
    cell: Cell,
    name: str,
    source: str,
    piece: tuple[int, int, int],
    before: Outcome | None,
) -> Trainee:
    rung, start, end = piece
    root, preset = search_seed(ground, cell.seed), ground.preset.model_dump(mode="json")
    return Trainee(
        key=f"{name}/rung{rung}",
        train=TrainPayload(
            env=ground.ref.to_json(),
            source=source,
            layer=ground.protocol.layer,
            preset=preset,
            segments=((child_seed(root, "train", name, rung), end - start),),
            steps_before=start,
        ),
        evaluate=EvaluatePayload(
            env=ground.ref.to_json(),
            preset=preset,
            seeds=tuple(episode_seeds(root, "select", ground.protocol.select_episodes)),
            action_seed=child_seed(root, "select", "actions"),
        ),
        start=before.arrays if before else None,
    )


def _reported(bench: Bench, cell: Cell, outcomes: dict[str, Outcome]) -> dict[str, float]:
    """Success of the fully trained policies on episodes that no race has seen."""
    ground, seeds = bench.ground, report_seeds(bench.ground, cell.seed)
    payload = EvaluatePayload(
        env=fresh(ground).to_json(),
        preset=ground.preset.model_dump(mode="json"),
        seeds=seeds.episodes,
        action_seed=seeds.actions,
    )
    return score_again(bench.pool, payload, outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceResult:
    """What a schedule would have done, over all races on record.

    Attributes:
        schedule: The race.
        share: Mean share of the env steps of full training that it uses.
        chosen: Mean success of the program that it chooses, on fresh episodes.
        loss: How much less that is than of the one that full training chooses.
        interval: 95 % interval of the loss, races redrawn; None for a single race.
        same: Share of races in which both choose the same program.
    """

    schedule: Schedule
    share: float
    chosen: float
    loss: float
    interval: Interval | None
    same: float

    @property
    def saves(self) -> float:
        """How many times as many env steps full training takes."""
        return 1 / self.share


def race_results(records: Sequence[Record], seed: int) -> tuple[RaceResult, ...]:
    """Every schedule, run after the fact; nothing without records.

    Args:
        records: Races on record.
        seed: Root of all randomness of the suite.
    """
    tables = [_scores(record["racing"]) for record in records]
    return tuple(_result(schedule, tables, seed) for schedule in SCHEDULES) if tables else ()


def racing_sheet(records: Sequence[Record], n_cells: int, seed: int) -> Sheet:
    """Every schedule: env steps saved, and success lost by what it chooses."""
    results = race_results(records, seed)
    missing = n_cells - len(records)
    told = (
        f"The same programs of the symbolic grammar, {len(records)} races of a task and a seed, "
        "trained in full and raced after the fact. Loss: success on fresh episodes of the program "
        "that full training chooses, less that of the one that the race chooses; the policies are "
        "the same fully trained ones. Its interval redraws races."
    )
    more = (f"{missing} races have no record yet.",) if missing else ()
    rows = map(_cells, results) if results else ((s.name, *[MISSING] * 5) for s in SCHEDULES)
    return Sheet(
        key="racing",
        title="What racing saves and loses",
        columns=("race", "env steps", "saves", "success of the chosen", "loss [95 %]", "same one"),
        rows=tuple(rows),
        notes=(told, *more),
    )


def _cells(result: RaceResult) -> tuple[str, ...]:
    return (
        result.schedule.name,
        f"{result.share:.0%}",
        f"{result.saves:.1f}x",
        f"{result.chosen:.1%}",
        loss_words(result) if result.schedule.rungs else NONE,
        f"{result.same:.0%}",
    )


def loss_words(result: RaceResult) -> str:
    """The loss in points, with its interval where there is more than one race."""
    told = f"{100 * result.loss:+.1f}"
    if result.interval is None:
        return told
    return f"{told} [{100 * result.interval.low:+.1f}, {100 * result.interval.high:+.1f}]"


def _scores(told: dict[str, Any]) -> tuple[FloatArray, FloatArray]:
    """Scores at each rung, success before milestones, `(programs, rungs)`; and report success."""
    n_rungs = len(told["rungs"])
    scores = np.full((len(told["programs"]), n_rungs), -1.0)
    for i, program in enumerate(told["programs"]):
        for j, (success, milestones) in enumerate(program["scores"]):
            scores[i, j] = success + 1e-3 * milestones
    report = [told["report"].get(program["name"], 0.0) for program in told["programs"]]
    return scores, np.array(report)


def _result(
    schedule: Schedule, tables: Sequence[tuple[FloatArray, FloatArray]], seed: int
) -> RaceResult:
    ends = [race(scores, schedule) for scores, _ in tables]
    full = [race(scores, SCHEDULES[0]) for scores, _ in tables]
    chosen = np.array([report[end.chosen] for end, (_, report) in zip(ends, tables, strict=True)])
    best = np.array([report[end.chosen] for end, (_, report) in zip(full, tables, strict=True)])
    gaps = best - chosen
    return RaceResult(
        schedule=schedule,
        share=float(np.mean([end.share for end in ends])),
        chosen=float(chosen.mean()),
        loss=float(gaps.mean()),
        interval=_loss(gaps, seed) if len(gaps) > 1 else None,
        same=float(np.mean([a.chosen == b.chosen for a, b in zip(ends, full, strict=True)])),
    )


def _loss(gaps: FloatArray, seed: int) -> Interval:
    rng = generator(seed, "report", "racing")
    drawn = gaps[rng.integers(len(gaps), size=(10_000, len(gaps)))].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(float(low), float(high))
