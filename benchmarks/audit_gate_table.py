"""What the audit saves a search, and what it costs it: the same searches with and without it.

`python -m alignenv.benchmarks.audit_gate_table --run` runs searches of the symbolic coder on tasks
whose states are listed, each twice from the same seed, trains every winner afresh, keeps all in
`benchmarks/results/audit_gate.json` and writes the table of `docs/audit.md`; without `--run` it
only writes the table. Searches that are in the file are kept.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console

from alignenv.benchmarks.assembly import Assembly, resolve
from alignenv.benchmarks.audit_gate import AuditGate
from alignenv.benchmarks.audit_table import PAGE
from alignenv.benchmarks.choosing import select
from alignenv.benchmarks.evaluator import Evaluator, NoMemory, Trainee
from alignenv.benchmarks.markers import replaced
from alignenv.benchmarks.measured import RESULTS, read_rows, write_rows
from alignenv.benchmarks.protocol import EvaluatePayload, Protocol, TrainPayload
from alignenv.benchmarks.search import study_settings
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.trials import check
from alignenv.benchmarks.view import SilentView
from alignenv.benchmarks.workers import open_pool
from alignenv.critique import SUCCESS
from alignenv.files import write_atomically
from alignenv.reward_design.sandbox import Pool
from alignenv.reward_design.study import Study
from alignenv.seeding import child_seed, episode_seeds, generator
from alignenv.types import Trial

RESULT = RESULTS / "audit_gate.json"
KEY = "gate-table"
TASKS = (
    "AlignEnv-BoatRace-v0",
    "AlignEnv-SideEffects-v0",
    "AlignEnv-DoorKey-5x5-v0",
    "AlignEnv-Unlock-v0",
    "AlignEnv-MultiRoom-N2-S4-v0",
    "AlignEnv-KeyCorridorS3R1-v0",
)
N_SEARCHES, N_WINNERS, N_EPISODES = 3, 2, 100
PROTOCOL: dict[str, int] = {
    "generations": 2,
    "candidates": 6,
    "env_steps": 32_768,
    "select_episodes": 50,
}

Row = dict[str, Any]


def searches(known: Sequence[Row], console: Console) -> Iterator[Row]:
    """Every search that is not known yet, with the audit and without it."""
    done = {(row["task"], row["seed"], row["audit"]) for row in known}
    with ExitStack() as stack:
        pools: dict[str, Pool] = {}
        for seed, task_id, audit in product(range(N_SEARCHES), TASKS, (False, True)):
            if (task_id, seed, audit) in done:
                continue
            settings = _settings(task_id, seed, audit=audit)
            if task_id not in pools:
                pool = open_pool(resolve(settings)[0], n_workers=1, isolation="auto")
                pools[task_id] = stack.enter_context(pool)
            row = _search(pools[task_id], settings)
            console.print(f"{task_id} {seed} {row}", markup=False)
            yield {"task": task_id, "seed": seed, "audit": audit, **row}


def _settings(task_id: str, seed: int, *, audit: bool) -> SearchSettings:
    protocol = Protocol.model_validate({**PROTOCOL, "audit": audit})
    return SearchSettings(env=task_id, seed=seed, analyst="none", protocol=protocol)


def _search(pool: Pool, settings: SearchSettings) -> Row:
    """One search as `alignenv evolve` runs it, and what the audit says of all its candidates."""
    recorded = study_settings(settings)
    with (
        tempfile.TemporaryDirectory() as folder,
        Study.create(Path(folder) / "study", recorded) as study,
    ):
        parts = Assembly.of(settings, study)
        ref, task, preset = parts.place
        trials = parts.search(pool, SilentView()).find()
        gate = parts.readers.gate or AuditGate(ref, preset.gamma, study, settings.protocol.layer)
        gate.use(pool)
        begun = time.perf_counter()
        candidates = [_candidate(t, gate) for t in trials if check(t.candidate, task) is None]
        seconds = time.perf_counter() - begun
    best = select(trials)
    return {
        "env_steps": sum(t.evaluation.env_steps for t in trials if t.evaluation),
        "candidates": candidates,
        "best": best.candidate.id if best else None,
        "winner": _winner(pool, settings, best),
        "seconds_of_audits": None if settings.protocol.audit else round(seconds, 1),
    }


def _candidate(trial: Trial, gate: AuditGate) -> Row:
    evaluation = trial.evaluation
    return {
        "id": trial.candidate.id,
        "verdict": gate.screen(trial.candidate.source).verdict,
        "outcome": trial.outcome,
        "success": evaluation.score.success if evaluation else None,
    }


def _winner(pool: Pool, settings: SearchSettings, best: Trial | None) -> list[float]:
    """TRUE success of a search's winner, trained afresh on seeds that no search saw."""
    if best is None:
        return [0.0] * N_WINNERS
    ref, task, preset = resolve(settings)
    told = preset.model_dump(mode="json")
    trainees = []
    for replicate in range(N_WINNERS):
        path = "gate", task.id, replicate
        steps = preset.whole_rollouts(PROTOCOL["env_steps"])
        trainees.append(
            Trainee(
                key=f"winner/{replicate}",
                train=TrainPayload(
                    env=ref.to_json(),
                    source=best.candidate.source,
                    layer=settings.protocol.layer,
                    preset=told,
                    segments=((child_seed(settings.seed, "report_train", *path), steps),),
                ),
                evaluate=EvaluatePayload(
                    env=ref.to_json(),
                    preset=told,
                    seeds=tuple(episode_seeds(settings.seed, "report", N_EPISODES, *path)),
                    action_seed=child_seed(settings.seed, "report", "actions", *path),
                ),
            )
        )
    outcomes = Evaluator(pool, NoMemory(), SilentView()).run(trainees)
    return [outcome.score.success if outcome.score else 0.0 for outcome in outcomes]


class Pair(NamedTuple):
    """The same search without the audit and with it.

    Attributes:
        steps: Env steps of candidates, without and with it.
        success: Mean TRUE success of the winner, without and with it.
    """

    steps: tuple[int, int]
    success: tuple[float, float]


def pairs(rows: Sequence[Row]) -> list[Pair]:
    """Searches side by side."""
    found = []
    for row in rows:
        if not row["audit"]:
            key = row["task"], row["seed"]
            other = next((r for r in rows if r["audit"] and (r["task"], r["seed"]) == key), None)
            if other is None:
                continue
            steps = row["env_steps"], other["env_steps"]
            success = tuple(sum(r["winner"]) / len(r["winner"]) for r in (row, other))
            found.append(Pair(steps, (success[0], success[1])))
    return found


def table(rows: Sequence[Row]) -> str:
    """The table of the page, and what it says in sentences."""
    if not pairs(rows):
        return "Nothing was measured yet.\n"
    text = (
        "| task | searches | steps without | with | saved | refused | winner without | with |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    )
    for task in TASKS:
        name = task.removeprefix("AlignEnv-").removesuffix("-v0")
        chosen = [row for row in rows if row["task"] == task]
        text += _line(name, chosen) if pairs(chosen) else ""
    text += _line("all", rows)
    if succeeding := _succeeding(rows):
        text += _line("all that succeed without", succeeding)
    return f"{text}\n{_sentences(rows)}\n"


def _line(name: str, rows: Sequence[Row]) -> str:
    found = pairs(rows)
    before, after = (sum(pair.steps[i] for pair in found) for i in (0, 1))
    success = [float(np.mean([pair.success[i] for pair in found])) for i in (0, 1)]
    with_audit = [c for row in rows if row["audit"] for c in row["candidates"]]
    refused = sum("hackable" in c["outcome"] for c in with_audit)
    return (
        f"| {name} | {len(found)} | {before:,} | {after:,} | {1 - after / before:.0%} | "
        f"{refused} of {len(with_audit)} | {success[0]:.2f} | {success[1]:.2f} |\n"
    )


def _succeeding(rows: Sequence[Row]) -> list[Row]:
    """Searches whose winner succeeds without the audit: only there can it do harm."""
    good = {
        (row["task"], row["seed"])
        for row in rows
        if not row["audit"] and np.mean(row["winner"]) >= SUCCESS
    }
    return [row for row in rows if (row["task"], row["seed"]) in good]


def _sentences(rows: Sequence[Row]) -> str:
    found, rng = pairs(rows), generator(0, "audit", "gate")
    drawn = rng.integers(len(found), size=(10_000, len(found)))
    steps = np.array([pair.steps for pair in found])
    saved = 1.0 - steps[drawn, 1].sum(axis=1) / steps[drawn, 0].sum(axis=1)
    gained = np.array([pair.success[1] - pair.success[0] for pair in found])
    low, high = np.quantile(saved, [0.025, 0.975])
    down, up = np.quantile(gained[drawn].mean(axis=1), [0.025, 0.975])
    trained = [c for row in rows if not row["audit"] for c in row["candidates"]]
    bad = [c for c in trained if c["verdict"] == "hackable" and c["success"] is not None]
    good = [c for c in trained if c["verdict"] == "sound" and c["success"] is not None]
    counts = [sum(c["success"] >= SUCCESS for c in part) for part in (bad, good)]
    seconds = sum(row["seconds_of_audits"] for row in rows if not row["audit"])
    whole = 1 - steps[:, 1].sum() / steps[:, 0].sum()
    return (
        f"Over {len(found)} searches the audit saved {whole:.0%} of the env steps of candidates "
        f"({low:.0%} to {high:.0%}); the winner's success changed by {gained.mean():+.3f} "
        f"({down:+.3f} to {up:+.3f}). Trained all the same, without the audit, {counts[0]} of the "
        f"{len(bad)} candidates that it calls hackable reached {SUCCESS:g} TRUE success as far as "
        f"they were trained, and {counts[1]} of the {len(good)} that it calls sound. An audit "
        f"took {seconds / max(len(trained), 1):.1f} seconds."
    )


def with_table(page: str, rows: Sequence[Row]) -> str:
    """The page with its table written anew."""
    return replaced(page, KEY, f"\n{table(rows)}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Search if asked to, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", action="store_true", help="run what is missing; minutes")
    rows = read_rows(RESULT)
    if parser.parse_args(arguments).run:
        for row in searches(rows, Console(stderr=True)):
            rows = sorted([*rows, row], key=lambda r: (r["task"], r["seed"], r["audit"]))
            write_rows(RESULT, rows)
    page = with_table(PAGE.read_text(encoding="utf-8"), rows)
    write_atomically(PAGE, page.encode())


if __name__ == "__main__":
    main()
