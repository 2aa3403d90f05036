"""What a finished search leaves: the winner, its policy, the report, one document, one table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from alignenv.agents.policy_file import save_policy
from alignenv.benchmarks.arms import Arm
from alignenv.benchmarks.evidence import report_data
from alignenv.benchmarks.report import write_report
from alignenv.benchmarks.search import Finding, run_search, study_settings
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.view import RunView
from alignenv.files import write_atomically
from alignenv.reward_design.diversity import diversity
from alignenv.reward_design.study import Study

ORDER = ("sparse", "human", "best")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFiles:
    """Paths and figures of a finished search.

    Attributes:
        program: The winning reward program; None when no candidate could be trained.
        report: The self-contained report.
        document: Content of `--json` and of `result.json`.
        finding: What was found.
    """

    program: Path | None
    report: Path
    document: dict[str, Any]
    finding: Finding

    def show(self, console: Console) -> None:
        """Print the table, the winner and where everything is."""
        console.print(arms_table(self.finding))
        if self.finding.stopped is not None:
            told = f"\nstopped by cap: {self.finding.stopped}"
            console.print(told, markup=False, highlight=False, soft_wrap=True)
        if self.program is not None and self.finding.best is not None:
            console.print(
                f"\nbest program: {self.program}", markup=False, highlight=False, soft_wrap=True
            )
            source = self.finding.best.candidate.source
            console.print(readable(source), markup=False, highlight=False, soft_wrap=True)
        else:
            console.print("No candidate could be trained; the report says why.")
        parts = ", ".join(f"{name} {s:.0f} s" for name, s in self.finding.seconds.items())
        console.print(f"time: {parts}", markup=False, highlight=False)
        console.print(f"report: {self.report}", markup=False, highlight=False, soft_wrap=True)


def readable(source: str) -> str:
    """A program without the notes that coders leave for themselves in its trailing comments."""
    lines = source.rstrip().splitlines()
    while lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        lines.pop()
    return "\n".join(lines)


def evolve_to_files(
    settings: SearchSettings,
    folder: Path,
    view: RunView,
    *,
    resume: bool = False,
    n_workers: int | None = None,
) -> SearchFiles:
    """Run or resume the search in `folder` and write its results there.

    A search that a cap stopped leaves the same files with the best so far, and can be resumed.

    Raises:
        StudyError: The folder holds another study, or is in use.
        BudgetExceeded: A cap was reached before any candidate was trained; raise it and resume.
        MachineError: Isolation, disk or workers failed.
    """
    recorded = study_settings(settings)
    study = Study.resume(folder, recorded) if resume else Study.create(folder, recorded)
    with study:
        finding = run_search(settings, study, view, n_workers=n_workers)
        program = _write_winner(folder, finding)
        report = folder / "report.html"
        write_report(report, report_data(finding, str(program or "")))
        document = to_json(finding, folder, program)
        write_atomically(folder / "result.json", (json.dumps(document, indent=2) + "\n").encode())
        if finding.stopped is None:
            study.finish(conclusion(finding), volatile=document)
        else:
            study.stop(document)
    return SearchFiles(program=program, report=report, document=document, finding=finding)


def to_json(finding: Finding, folder: Path, program: Path | None) -> dict[str, Any]:
    """The document of `alignenv evolve --json`."""
    programs = {"human": "human", "sparse": None, "best": str(program) if program else None}
    arms = {name: arm.to_json(programs[name]) for name, arm in finding.arms.items()}
    best = arms.get("best")
    protocol = finding.settings.protocol
    return {
        "study": str(folder),
        "env": finding.task.id,
        "obs": finding.preset.obs,
        "designer": finding.method,
        "layer": protocol.layer,
        "tier": finding.tier,
        "generations": protocol.generations,
        "candidates": len(finding.trials),
        "best": {
            "id": finding.best.candidate.id,
            "program": best["program"],
            "success": best["success"],
            "success_interval": best["success_interval"],
        }
        if finding.best and best
        else None,
        "arms": arms,
        "cost": finding.cost,
        "diversity": _diversity(finding),
        "facts": finding.facts,
        "seconds": {name: round(s, 1) for name, s in finding.seconds.items()},
        "stopped": None if finding.stopped is None else finding.stopped.to_json(),
    }


def _diversity(finding: Finding) -> list[dict[str, Any]]:
    """Figures of each generation."""
    by_generation = groupby(finding.trials, key=lambda trial: trial.candidate.generation)
    return [diversity(list(trials), finding.task.card.state) for _, trials in by_generation]


def conclusion(finding: Finding) -> dict[str, Any]:
    """What another run of the same study would conclude as well: no paths, times or hosts."""
    return {
        "best": finding.best.candidate.id if finding.best else None,
        "arms": {name: arm.to_json(None) for name, arm in finding.arms.items()},
        "facts": finding.facts,
    }


def arms_table(finding: Finding) -> Table:
    """TRUE success of every arm on fresh seeds."""
    table = Table(
        "reward",
        "TRUE success",
        "95 % interval",
        "greedy",
        "env steps",
        "seeds x episodes",
        title=f"{finding.task.id}, obs {finding.preset.obs}, "
        f"layer {finding.settings.protocol.layer}",
    )
    for name in ORDER:
        if name in finding.arms:
            table.add_row(*_row(name, finding.arms[name]))
    return table


def _row(name: str, arm: Arm) -> tuple[str, ...]:
    low, high = arm.interval
    return (
        "best generated" if name == "best" else name,
        f"{arm.success:.1%}",
        f"{100 * low:.1f} - {100 * high:.1f} %",
        f"{arm.success_greedy:.1%}",
        f"{arm.env_steps:,}",
        f"{arm.n_seeds} x {arm.n_episodes}",
    )


def _write_winner(folder: Path, finding: Finding) -> Path | None:
    if finding.best is None:
        return None
    path = folder / "best" / "reward.py"
    write_atomically(path, finding.best.candidate.source.encode())
    first = finding.arms["best"].outcomes[0]
    if first.score is not None:
        save_policy(folder / "best" / "policy.npz", first.arrays, finding.preset)
    return path
