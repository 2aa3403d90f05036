"""Measure every preset: TRUE success under the reference rewards and a novelty bonus.

`python -m alignenv.benchmarks.measure` fills one file per family in `benchmarks/results/presets`,
which the task pages show. It is resumable: rows with unchanged settings are kept, of a row
that lacks seeds only those are trained, and `--plan` prints what is missing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from alignenv.agents.presets import load_preset
from alignenv.benchmarks.measured import RESULTS, keep_result, read_results
from alignenv.benchmarks.protocol import NOVELTY_BONUS
from alignenv.benchmarks.training import (
    NOVELTY,
    TrainRequest,
    document,
    train_rewards,
)
from alignenv.benchmarks.view import SilentView
from alignenv.envs.make import EnvRef
from alignenv.envs.suite import SUITE, tags_of
from alignenv.statistics import success_interval
from alignenv.task import find_task

PRESETS = RESULTS / "presets"
REWARDS, HEADLINE_REWARDS = ("sparse", "human", "hackable"), ("sparse+novelty",)
SEEDS, HEADLINE_SEEDS = 3, 5
VERSIONS = ("torch", "stable-baselines3", "minigrid", "gymnasium", "mujoco", "numpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One row to measure."""

    task_id: str
    family: str
    reward: str
    settings: dict[str, Any]


def cells(task_id: str, seeds: int | None, rewards: Sequence[str] | None) -> Iterator[Cell]:
    """Every reward of a task with the settings that decide its result.

    Args:
        task_id: Gymnasium id.
        seeds: Trainings per reward; None for as many as the task's tags ask for.
        rewards: Names, of which those that the task has count; None for what its tags ask for.
    """
    task, is_headline = find_task(task_id), "headline" in tags_of(task_id)
    seeds = seeds or (HEADLINE_SEEDS if is_headline else SEEDS)
    rewards = rewards or (*REWARDS, *(HEADLINE_REWARDS if is_headline else ()))
    preset = load_preset(task.id, task.family).model_dump(mode="json")
    for reward in rewards:
        base = reward.removesuffix(NOVELTY)
        if base in task.rewards:
            source = task.reward(base).source
            settings: dict[str, Any] = {"preset": preset, "seeds": seeds, "source": source}
            if reward != base:
                settings["novelty"] = NOVELTY_BONUS
            yield Cell(task_id=task_id, family=task.family, reward=reward, settings=settings)


def missing_cells(
    task_id: str, seeds: int | None, rewards: Sequence[str] | None, results: Path = PRESETS
) -> list[Cell]:
    """Cells of a task without a row of their settings; a row of more seeds will do."""
    known = read_results(results, find_task(task_id).family).get(task_id, {})
    return [
        cell
        for cell in cells(task_id, seeds, rewards)
        if not _answers(known.get(cell.reward, {}).get("settings", {}), cell.settings)
    ]


def _answers(known: dict[str, Any], asked: dict[str, Any]) -> bool:
    return known.get("seeds", 0) >= asked["seeds"] and known | {"seeds": asked["seeds"]} == asked


def measure(
    cells: Sequence[Cell], known: Mapping[str, Mapping[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Train and score rewards of one task.

    Args:
        cells: Rows to measure, all of one task.
        known: Earlier rows of the task by reward. Where one of fewer seeds was measured under the
            same settings, only the other seeds are trained.

    Returns:
        One row per cell.
    """
    before = [_first_runs((known or {}).get(cell.reward, {}), cell) for cell in cells]
    rows: dict[str, dict[str, Any]] = {}
    for n in sorted({len(runs) for runs in before}):
        of_n = [(cell, runs) for cell, runs in zip(cells, before, strict=True) if len(runs) == n]
        rows |= _measure([cell for cell, _ in of_n], [runs for _, runs in of_n], first=n)
    return [rows[cell.reward] for cell in cells]


def _first_runs(known: Mapping[str, Any], cell: Cell) -> list[dict[str, Any]]:
    """Runs of a known row whose settings differ only in having fewer seeds."""
    settings = known.get("settings", {})
    is_part = settings | {"seeds": cell.settings["seeds"]} == cell.settings
    return known["runs"] if is_part and settings.get("seeds", 0) < cell.settings["seeds"] else []


def _measure(
    cells: Sequence[Cell], before: Sequence[list[dict[str, Any]]], *, first: int
) -> dict[str, dict[str, Any]]:
    request = TrainRequest(
        ref=EnvRef(id=cells[0].task_id),
        reward=cells[0].reward,
        seeds=cells[0].settings["seeds"] - first,
        first=first,
        preset={},
    )
    rewards = [cell.reward for cell in cells]
    arms, preset = train_rewards(request, rewards, SilentView(), n_workers=None, isolation="auto")
    versions = {name: metadata.version(name) for name in VERSIONS}
    return {
        cell.reward: {
            **_with_runs(document(replace(request, reward=cell.reward), arm, preset), runs),
            "settings": cell.settings,
            "versions": versions,
        }
        for cell, runs, arm in zip(cells, before, arms, strict=True)
    }


def _with_runs(row: dict[str, Any], before: list[dict[str, Any]]) -> dict[str, Any]:
    """The row with earlier runs in front, its figures over all of them."""
    runs = [*before, *row["runs"]]
    rates = np.array([run["success"] for run in runs])
    interval = success_interval(rates, runs[0]["n_episodes"])
    row |= {"runs": runs, "success": float(rates.mean()), "success_interval": list(interval)}
    return row


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is missing, one task at a time, saving after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", help="ids; default: all but those tagged xl")
    seeds_help = f"default: {HEADLINE_SEEDS} for headline tasks, {SEEDS} for others"
    parser.add_argument("--seeds", type=int, help=seeds_help)
    rewards_help = f"default: {', '.join(REWARDS)}; for headline tasks {HEADLINE_REWARDS[0]} too"
    parser.add_argument("--rewards", nargs="+", help=rewards_help)
    parser.add_argument("--plan", action="store_true", help="only print what is missing")
    parser.add_argument("--results", type=Path, default=PRESETS)
    given = parser.parse_args(arguments)
    console = Console(stderr=True)
    for task_id in given.tasks or [row.id for row in SUITE if "xl" not in row.tags]:
        missing = missing_cells(task_id, given.seeds, given.rewards, given.results)
        if given.plan:
            for cell in missing:
                console.print(f"missing: {task_id} {cell.reward}", markup=False)
            continue
        known = read_results(given.results, find_task(task_id).family).get(task_id, {})
        rows = measure(missing, known) if missing else []
        for cell, row in zip(missing, rows, strict=True):
            keep_result(given.results, cell.family, task_id, cell.reward, row)
            console.print(f"{task_id:<32} {cell.reward:<9} {row['success']:.2f}", markup=False)


if __name__ == "__main__":
    main()
