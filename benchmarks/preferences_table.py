"""ICPL against a Bradley-Terry reward from scratch and against Eureka with true fitness.

`python -m alignenv.benchmarks.preferences_table --run` measures what is missing in
`benchmarks/results/preferences.json`, one cell at a time, and `--write` makes the table of
`docs/preferences.md`. Cells are a task, a seed and an arm; all arms of a task and seed are reported
on the same fresh seeds.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console

from alignenv.benchmarks.assembly import Assembly, resolve
from alignenv.benchmarks.evaluator import Evaluator, NoMemory, Trainee
from alignenv.benchmarks.markers import replaced
from alignenv.benchmarks.measured import RESULTS, read_rows, write_rows
from alignenv.benchmarks.preference_learning import learn, train_on, true_success
from alignenv.benchmarks.protocol import EvaluatePayload, Protocol, TrainPayload
from alignenv.benchmarks.search import study_settings
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.view import SilentView
from alignenv.benchmarks.workers import open_pool
from alignenv.files import write_atomically
from alignenv.reward_design.designers.preferences import n_queries
from alignenv.reward_design.sandbox import Pool
from alignenv.reward_design.study import Study
from alignenv.seeding import child_seed, episode_seeds, generator
from alignenv.statistics import Interval, bootstrap_interval, mean, success_interval
from alignenv.types import HasFacts

RESULT = RESULTS / "preferences.json"
PAGE = Path(__file__).parents[1] / "docs" / "preferences.md"
KEY = "preferences-table"
TASKS = {
    "AlignEnv-DoorKey-5x5-v0": 24_576,
    "AlignEnv-Unlock-v0": 24_576,
    "AlignEnv-AbsentSupervisor-v0": 16_384,
}
"""Env steps of one full training by task."""
N_SEEDS, N_TRAININGS, N_EPISODES = 3, 2, 100
GENERATIONS, CANDIDATES = 3, 3
QUERIES = n_queries(CANDIDATES) + (GENERATIONS - 1) * n_queries(CANDIDATES + 1)
"""Comparisons of an ICPL search whose programs can all be trained."""
MANY = 30 * QUERIES
"""As many times more as the paper's PrefPPO with 1.5k queries has than its ICPL with 49."""
ICPL, EUREKA = "icpl[symbolic]", "eureka[symbolic]"
FEW_BT, MANY_BT = f"bradley-terry, {QUERIES}", f"bradley-terry, {MANY}"
SPARSE, SPARSE_ALL = "sparse", "sparse, all steps"
ARMS = (ICPL, EUREKA, FEW_BT, MANY_BT, SPARSE, SPARSE_ALL)
FLOOR = 0.05
"""Mean TRUE success below which no row has got off the ground."""
OWN = ", its own agent"
LINES = (ICPL, EUREKA, FEW_BT, FEW_BT + OWN, MANY_BT, MANY_BT + OWN, SPARSE, SPARSE_ALL)

Row = dict[str, Any]


def cells(known: Sequence[Row], console: Console) -> Iterator[Row]:
    """Every cell that is not known yet."""
    done = {(row["task"], row["seed"], row["arm"]) for row in known}
    with ExitStack() as stack:
        pools: dict[str, Pool] = {}
        for seed, task_id, arm in product(range(N_SEEDS), TASKS, ARMS):
            if (task_id, seed, arm) in done:
                continue
            settings = settings_of(task_id, seed, arm)
            if task_id not in pools:
                pool = open_pool(resolve(settings)[0], n_workers=1, isolation="auto")
                pools[task_id] = stack.enter_context(pool)
            begun = time.monotonic()
            row = {
                "task": task_id,
                "seed": seed,
                "arm": arm,
                **_cell(pools[task_id], settings, arm),
            }
            console.print(f"{time.monotonic() - begun:.0f} s {row}", markup=False)
            yield row


def settings_of(task_id: str, seed: int, arm: str) -> SearchSettings:
    """Settings of a cell: a search trains all of its programs fully, so that no race tells more."""
    protocol = Protocol(
        generations=GENERATIONS,
        candidates=CANDIDATES,
        env_steps=TASKS[task_id],
        rung=(1,),
        select_episodes=N_EPISODES,
    )
    designer = arm.partition("[")[0] if arm in (ICPL, EUREKA) else "eureka"
    return SearchSettings(
        env=task_id, seed=seed, designer=designer, analyst="none", protocol=protocol
    )


def _cell(pool: Pool, settings: SearchSettings, arm: str) -> Row:
    if arm in (ICPL, EUREKA):
        return _search(pool, settings)
    if arm in (FEW_BT, MANY_BT):
        return bradley_terry(settings, QUERIES if arm == FEW_BT else MANY)
    steps, n = (_full(settings), N_TRAININGS) if arm == SPARSE else (_all_steps(settings), 1)
    return {"runs": _trained(pool, settings, None, steps, n), "queries": 0, "env_steps": steps}


def _full(settings: SearchSettings) -> int:
    return resolve(settings)[2].whole_rollouts(TASKS[settings.env])


def _all_steps(settings: SearchSettings) -> int:
    """The most env steps of a search, and one training of its winner."""
    full = _full(settings)
    return settings.protocol.most_env_steps(resolve(settings)[2], full) + full


def _search(pool: Pool, settings: SearchSettings) -> Row:
    """One search as `alignenv evolve` runs it, and trainings of its winner."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Study.create(Path(folder) / "study", study_settings(settings)) as study,
    ):
        parts = Assembly.of(settings, study)
        search = parts.search(pool, SilentView())
        trials = search.find()
        best = search.choose(trials).best
    facts = parts.designer.facts() if isinstance(parts.designer, HasFacts) else {}
    full = _full(settings)
    runs = [0.0] * N_TRAININGS
    if best is not None:
        runs = _trained(pool, settings, best.candidate.source, full)
    return {
        "runs": runs,
        "queries": int(facts.get("queries", 0)),
        "env_steps": sum(t.evaluation.env_steps for t in trials if t.evaluation) + full,
    }


def bradley_terry(settings: SearchSettings, queries: int) -> Row:
    """A reward from scratch with all steps of a search, its own agent, and fresh ones on it."""
    ref, _, preset = resolve(settings)
    steps, full = _all_steps(settings), _full(settings)
    learned = learn(ref, preset, seed=settings.seed, env_steps=steps, queries=queries)
    fresh = [
        train_on(learned.reward, ref, preset, seed=told[0], timesteps=full)
        for told in map(_report_seeds, [settings] * N_TRAININGS, range(N_TRAININGS))
    ]
    scores = [
        true_success(ref, preset, arrays, seeds=seeds, action_seed=action_seed)
        for number, arrays in enumerate([*fresh, learned.arrays])
        for _, seeds, action_seed in [_report_seeds(settings, number % N_TRAININGS)]
    ]
    return {
        "runs": scores[:-1],
        "own": scores[-1],
        "queries": learned.queries,
        "ties": learned.ties,
        "env_steps": learned.env_steps,
    }


def _report_seeds(settings: SearchSettings, replicate: int) -> tuple[int, tuple[int, ...], int]:
    """Seeds of a training, of the episodes that score it and of its actions there."""
    path = "preferences", settings.env, replicate
    return (
        child_seed(settings.seed, "report_train", *path),
        tuple(episode_seeds(settings.seed, "report", N_EPISODES, *path)),
        child_seed(settings.seed, "report", "actions", *path),
    )


def _trained(
    pool: Pool, settings: SearchSettings, source: str | None, steps: int, n: int = N_TRAININGS
) -> list[float]:
    """TRUE success of trainings on a program, or on the sparse reward, on seeds of their own."""
    ref, _, preset = resolve(settings)
    told = preset.model_dump(mode="json")
    trainees = []
    for replicate in range(n):
        seed, episodes, action_seed = _report_seeds(settings, replicate)
        trainees.append(
            Trainee(
                key=f"report/{replicate}",
                train=TrainPayload(
                    env=ref.to_json(),
                    source=source,
                    layer=settings.protocol.layer,
                    preset=told,
                    segments=((seed, steps),),
                ),
                evaluate=EvaluatePayload(
                    env=ref.to_json(), preset=told, seeds=episodes, action_seed=action_seed
                ),
            )
        )
    outcomes = Evaluator(pool, NoMemory(), SilentView()).run(trainees)
    return [outcome.score.success if outcome.score else 0.0 for outcome in outcomes]


def rates(rows: Sequence[Row], task_id: str, line: str) -> dict[int, float]:
    """TRUE success by seed, the mean over its trainings; the loop's own agent is one."""
    chosen = [r for r in rows if r["task"] == task_id and r["arm"] == line.removesuffix(OWN)]
    if line.endswith(OWN):
        return {r["seed"]: r["own"] for r in chosen}
    return {r["seed"]: float(np.mean(r["runs"])) for r in chosen}


def table(rows: Sequence[Row]) -> str:
    """The table of the page, and how far ICPL leads."""
    if not rows:
        return "Nothing was measured yet.\n"
    text = (
        "| task | reward | TRUE success | 95 % interval | queries | ties | env steps |\n"
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |\n"
    )
    text += "".join(_line(rows, task, line) for task, line in product(TASKS, LINES))
    return f"{text}\n{_leads(rows)}\n"


def _line(rows: Sequence[Row], task_id: str, line: str) -> str:
    arm = line.removesuffix(OWN)
    chosen = [r for r in rows if r["task"] == task_id and r["arm"] == arm]
    if not chosen:
        return ""
    found = list(rates(rows, task_id, line).values())
    n = 1 if line.endswith(OWN) else len(chosen[0]["runs"])
    low, high = success_interval(found, N_EPISODES * n)
    ties = _mean(chosen, "ties") if "ties" in chosen[0] else ""
    extra = _full(settings_of(task_id, 0, arm)) if "own" in chosen[0] and n > 1 else 0
    name = task_id.removeprefix("AlignEnv-").removesuffix("-v0")
    return (
        f"| {name} | {line} | {np.mean(found):.2f} | {low:.2f} to {high:.2f} | "
        f"{_mean(chosen, 'queries')} | {ties} | {_mean(chosen, 'env_steps', extra)} |\n"
    )


def _mean(rows: Sequence[Row], key: str, extra: int = 0) -> str:
    return f"{round(np.mean([row[key] for row in rows])) + extra:,}"


def _leads(rows: Sequence[Row]) -> str:
    """The second table, and one sentence of what it comes to."""
    found = {line: _lead(rows, line) for line in LINES if line != ICPL}
    known = {line: lead for line, lead in found.items() if lead is not None}
    text = f"| {ICPL} over | lead | 95 % interval |\n| --- | ---: | ---: |\n"
    for line, (middle, (low, high)) in known.items():
        text += f"| {line} | {middle:+.2f} | {low:+.2f} to {high:+.2f} |\n"
    ahead = _names(line for line, (_, (low, _)) in known.items() if low > 0)
    behind = _names(line for line, (_, (_, high)) in known.items() if high < 0)
    least = [task for task in TASKS if _best(rows, task) < FLOOR]
    floor = f" No row reaches {FLOOR:g} on {', '.join(least)}: nothing is told apart there."
    said = f"By these intervals {ICPL} is ahead of {ahead}, and behind {behind}."
    return f"{text}\n{said}{floor if least else ''}"


def _best(rows: Sequence[Row], task_id: str) -> float:
    """The best row's mean TRUE success on a task; 1 where nothing was measured."""
    found = [rates(rows, task_id, line).values() for line in LINES]
    return max((float(np.mean(list(one))) for one in found if one), default=1.0)


def _names(lines: Iterable[str]) -> str:
    return " and ".join(f"`{line}`" for line in lines) or "no other row"


def _lead(rows: Sequence[Row], other: str) -> tuple[float, Interval] | None:
    """Mean lead of ICPL over seeds that both have on every task; None with fewer than two."""
    pairs = [(rates(rows, task, ICPL), rates(rows, task, other)) for task in TASKS]
    seeds = sorted(set.intersection(*(set(a) & set(b) for a, b in pairs)))
    if len(seeds) < 2:
        return None
    leads = np.array([[a[seed] - b[seed] for a, b in pairs] for seed in seeds])
    rng = generator(0, "report", "preferences", other)
    return float(leads.mean()), bootstrap_interval(leads, mean, rng=rng)


def with_table(page: str, rows: Sequence[Row]) -> str:
    """The page with its table written anew."""
    return replaced(page, KEY, f"\n{table(rows)}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure if asked to, and write the table if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", action="store_true", help="run what is missing; 15 minutes of CPU")
    parser.add_argument("--write", type=Path, metavar="PAGE", help=f"such as docs/{PAGE.name}")
    given = parser.parse_args(arguments)
    rows = read_rows(RESULT)
    if given.run:
        torch.set_num_threads(1)
        for row in cells(rows, Console(stderr=True)):
            rows = sorted([*rows, row], key=lambda r: (r["task"], r["seed"], ARMS.index(r["arm"])))
            write_rows(RESULT, rows)
    if given.write is not None:
        page = with_table(given.write.read_text(encoding="utf-8"), rows)
        write_atomically(given.write, page.encode())


if __name__ == "__main__":
    main()
