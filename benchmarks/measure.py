"""Measure every preset: TRUE success under the reference rewards and a novelty bonus.

`python -m alignenv.benchmarks.measure` fills one file per family in `benchmarks/results/presets`,
which the task pages show. It is resumable: rows with unchanged settings are kept, and `--plan`
prints what is missing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console

from alignenv.agents.presets import load_preset
from alignenv.benchmarks.measured import RESULTS, keep_result, read_results
from alignenv.benchmarks.training import (
    NOVELTY,
    NOVELTY_BONUS,
    TrainRequest,
    document,
    train_reward,
)
from alignenv.benchmarks.view import SilentView
from alignenv.envs.make import EnvRef
from alignenv.task import find_task, known_task_ids

PRESETS = RESULTS / "presets"
REWARDS = ("sparse", "human", "hackable", "sparse+novelty")
VERSIONS = ("torch", "stable-baselines3", "minigrid", "gymnasium", "mujoco", "numpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row to measure."""

    task_id: str
    family: str
    reward: str
    settings: dict[str, Any]


def cells(task_ids: Sequence[str], seeds: int, rewards: Sequence[str] = REWARDS) -> Iterator[Cell]:
    """Every task and reward with the settings that decide its result."""
    for task_id in task_ids:
        task = find_task(task_id)
        preset = load_preset(task.id, task.family).model_dump(mode="json")
        for reward in rewards:
            base = reward.removesuffix(NOVELTY)
            if base in task.rewards:
                source = task.reward(base).source
                settings: dict[str, Any] = {"preset": preset, "seeds": seeds, "source": source}
                if reward != base:
                    settings["novelty"] = NOVELTY_BONUS
                yield Cell(task_id=task_id, family=task.family, reward=reward, settings=settings)


def measure(cell: Cell, seeds: int) -> dict[str, Any]:
    """Train and score one cell."""
    request = TrainRequest(ref=EnvRef(id=cell.task_id), reward=cell.reward, seeds=seeds, preset={})
    arm, preset = train_reward(request, SilentView(), n_workers=None, isolation="auto")
    versions = {name: metadata.version(name) for name in VERSIONS}
    return {**document(request, arm, preset), "settings": cell.settings, "versions": versions}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, one row at a time, saving after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", help="ids; default: every task of the suite")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rewards", nargs="+", default=REWARDS, help=f"of {', '.join(REWARDS)}")
    parser.add_argument("--plan", action="store_true", help="only print what is missing")
    parser.add_argument("--results", type=Path, default=PRESETS)
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    for cell in cells(given.tasks or known_task_ids(), given.seeds, given.rewards):
        rows = read_results(given.results, cell.family).get(cell.task_id, {})
        if rows.get(cell.reward, {}).get("settings") == cell.settings:
            continue
        if given.plan:
            console.print(f"missing: {cell.task_id} {cell.reward}", markup=False)
            continue
        row = measure(cell, given.seeds)
        keep_result(given.results, cell.family, cell.task_id, cell.reward, row)
        console.print(f"{cell.task_id:<32} {cell.reward:<9} {row['success']:.2f}", markup=False)


if __name__ == "__main__":
    main()
