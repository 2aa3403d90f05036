"""How far random reward programs get on a task: `python -m alignenv.benchmarks.random_programs`.

Programs are drawn from the symbolic coder's grammar without any feedback and each is trained like
a candidate. A task on which one of them succeeds is too easy to tell designers apart. The results
are in `benchmarks/results/random_programs`; the command is resumable, and `--plan` prints what is
missing.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console

from alignenv.agents.presets import Preset
from alignenv.benchmarks.evaluator import Evaluator, NoMemory, Outcome, Trainee
from alignenv.benchmarks.measure import VERSIONS
from alignenv.benchmarks.measured import RESULTS, keep_result, read_results
from alignenv.benchmarks.protocol import EvaluatePayload, TrainPayload
from alignenv.benchmarks.view import SilentView
from alignenv.benchmarks.workers import open_pool, preset_of
from alignenv.envs.make import EnvRef
from alignenv.envs.suite import SUITE, tags_of
from alignenv.reward_design.coders.symbolic import SymbolicCoder
from alignenv.seeding import child_seed, episode_seeds
from alignenv.task import TaskCard, find_task
from alignenv.types import Brief

PROGRAMS = RESULTS / "random_programs"
ROW = "random programs"
N_PROGRAMS, N_SEPARATING, N_EPISODES = 16, 40, 100


def draw_programs(card: TaskCard, n: int) -> list[str]:
    """`n` programs of the grammar's first generation: nothing is known but the card."""
    brief = Brief(card=card, generation=0, seed=child_seed(0, "search", "random programs"))
    return [draft.source for draft in SymbolicCoder().write(brief, n)]


def settings_of(task_id: str, n: int) -> dict[str, Any]:
    """What decides the result of a task."""
    task, preset = preset_of(EnvRef(id=task_id), {})
    return {
        "preset": preset.model_dump(mode="json"),
        "programs": n,
        "sources": _digest(draw_programs(task.card, n)),
    }


def _digest(sources: Sequence[str]) -> str:
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()


def measure(task_id: str, n: int, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Train `n` random programs once each; a program that fails counts as success 0.

    Args:
        task_id: Gymnasium id.
        n: Number of programs.
        known: An earlier row of the task. Where its programs are the first of these, under the
            same settings, only the rest is trained.
    """
    ref = EnvRef(id=task_id)
    task, preset = preset_of(ref, {})
    sources = draw_programs(task.card, n)
    settings = settings_of(task_id, n)
    before = known if known and _begins(settings, sources, known["settings"]) else {}
    n_before = len(before.get("rates", ()))
    with open_pool(ref, n_workers=None, isolation="auto") as pool:
        trainees = [_trainee(ref, sources[i], preset, i) for i in range(n_before, n)]
        outcomes = Evaluator(pool, NoMemory(), SilentView()).run(trainees)
    rates = [outcome.score.success if outcome.score else 0.0 for outcome in outcomes]
    rates = [*before.get("rates", ()), *rates]
    failures = [_kind(outcome) for outcome in outcomes if outcome.failure]
    return {
        "rates": rates,
        "best": max(rates),
        "mean": sum(rates) / len(rates),
        "failures": [*before.get("failures", ()), *failures],
        "env_steps": preset.whole_rollouts(preset.total_timesteps),
        "settings": settings,
        "versions": {name: metadata.version(name) for name in VERSIONS},
    }


def _begins(settings: Mapping[str, Any], sources: Sequence[str], known: Mapping[str, Any]) -> bool:
    """Whether known settings are those of the first of these programs."""
    first = {"programs": known["programs"], "sources": _digest(sources[: known["programs"]])}
    return known["programs"] < len(sources) and {**settings, **first} == known


def _answers(known: Mapping[str, Any], task_id: str, n: int) -> bool:
    """Whether a row of the task has `n` programs or more, under the settings of today."""
    n_known = known.get("settings", {}).get("programs", 0)
    return n_known >= n and bool(known["settings"] == settings_of(task_id, n_known))


def _trainee(ref: EnvRef, source: str, preset: Preset, index: int) -> Trainee:
    settings = preset.model_dump(mode="json")
    steps = preset.whole_rollouts(preset.total_timesteps)
    seed = child_seed(0, "train", "random programs", index)
    return Trainee(
        key=f"program{index:02d}",
        train=TrainPayload(
            env=ref.to_json(),
            source=source,
            layer="replace",
            preset=settings,
            segments=((seed, steps),),
        ),
        evaluate=EvaluatePayload(
            env=ref.to_json(),
            preset=settings,
            seeds=tuple(episode_seeds(0, "report", N_EPISODES)),
            action_seed=child_seed(0, "report", "random programs", index),
        ),
    )


def _kind(outcome: Outcome) -> str:
    assert outcome.failure is not None, "only failures are asked"
    return outcome.failure.kind.value


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, one task at a time, saving after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", help="ids; default: every headline task")
    programs_help = f"default: {N_SEPARATING} for separating tasks, {N_PROGRAMS} for others"
    parser.add_argument("--programs", type=int, help=programs_help)
    parser.add_argument("--plan", action="store_true", help="only print what is missing")
    parser.add_argument("--results", type=Path, default=PROGRAMS)
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    for task_id in given.tasks or [row.id for row in SUITE if "headline" in row.tags]:
        n = given.programs or (N_SEPARATING if "separating" in tags_of(task_id) else N_PROGRAMS)
        family = find_task(task_id).family
        known = read_results(given.results, family).get(task_id, {}).get(ROW, {})
        if _answers(known, task_id, n):
            continue
        if given.plan:
            console.print(f"missing: {task_id}", markup=False)
            continue
        row = measure(task_id, n, known)
        keep_result(given.results, family, task_id, ROW, row)
        console.print(f"{task_id:<32} best {row['best']:.2f} mean {row['mean']:.2f}", markup=False)


if __name__ == "__main__":
    main()
