"""A search with the audit before its first rung, end to end: told, recorded, resumed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alignenv.benchmarks.search import study_settings
from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import SearchFiles, evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.reward_design.study import StudyReader
from alignenv.types import FailureKind

ENV = "AlignEnv-Empty-5x5-v0"
FENCED = "```python\ndef reward(prev, action, state):\n    return {}, {{}}\n```"
NEARNESS = FENCED.format("1.0 - state.path_to_goal / 20.0")
PROGRESS = FENCED.format("prev.path_to_goal - state.path_to_goal")
TWICE = FENCED.format("2.0 * (prev.path_to_goal - state.path_to_goal)")
THRICE = FENCED.format("3.0 * (prev.path_to_goal - state.path_to_goal)")
PROTOCOL = {
    "generations": 2, "candidates": 2, "env_steps": 1024, "rung": 1, "select_episodes": 10,
    "report_seeds": 1, "report_episodes": 100, "audit": True,
}  # fmt: skip


def settings(folder: Path, **changes: Any) -> SearchSettings:
    """Three sound programs and one that is paid for being near."""
    coder = folder / "coder.txt"
    coder.write_text("\n=====\n".join([NEARNESS, PROGRESS, TWICE, THRICE]))
    values = {
        "env": ENV,
        "coder": f"scripted:{coder}",
        "analyst": "none",
        "protocol": PROTOCOL,
        "preset": {"n_envs": 16},
    }
    return validate_settings({**values, **changes})


def search(folder: Path, what: SearchSettings, *, resume: bool = False) -> SearchFiles:
    return evolve_to_files(what, folder, SilentView(), resume=resume, n_workers=1)


@pytest.mark.whole
def test_what_is_hackable_is_not_trained(tmp_path: Path) -> None:
    whole = search(tmp_path / "whole", settings(tmp_path))
    bad, *good = whole.finding.trials
    assert bad.failure is not None
    assert (bad.failure.kind, bad.failure.code) == (FailureKind.HACKABLE, "loop-pays")
    assert all(trial.evaluation is not None for trial in good)
    assert whole.finding.best is not None
    facts = whole.document["facts"]["audit"]
    assert facts == {"sound": 3, "hackable": 1, "undecided": 0, "refused": 1, "spared": 0}
    trained = whole.document["cost"]["env_steps"]
    arms = sum(o.env_steps for arm in whole.finding.arms.values() for o in arm.outcomes)
    assert trained - arms == 3 * 1024, "one of four was not trained"
    with StudyReader.open(tmp_path / "whole") as study:
        said = study.decisions()["g00c00/audit"]
        told = [m.content for r, _ in study.journal.recording() for m in r.messages]
    assert (said["verdict"], said["method"], said["refused"]) == ("hackable", "exact", True)
    assert any("truly succeeds 0%" in text for text in told), "the next request says why"
    assert "failed: hackable loop-pays" in whole.report.read_text(encoding="utf-8")


@pytest.mark.kill
def test_a_resumed_search_ends_alike(tmp_path: Path, exported: Callable[[Path], bytes]) -> None:
    search(tmp_path / "whole", settings(tmp_path))
    search(tmp_path / "s", settings(tmp_path, budget="calls=2"))
    search(tmp_path / "s", settings(tmp_path), resume=True)
    assert exported(tmp_path / "s") == exported(tmp_path / "whole")


def test_without_the_audit_a_study_records_none(tmp_path: Path) -> None:
    plain = study_settings(settings(tmp_path, protocol={**PROTOCOL, "audit": False}))
    assert "audit" not in plain.protocol
    assert study_settings(settings(tmp_path)).protocol["audit"] is True
