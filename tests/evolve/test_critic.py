"""A search with a critic, end to end: sent back, written again, rejected, recorded and scored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alignenv.benchmarks.search import study_settings
from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import SearchFiles, evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.errors import BudgetExceeded, UnknownName
from alignenv.reward_design.study import StudyReader
from alignenv.types import FailureKind

ENV = "AlignEnv-Empty-5x5-v0"
FENCED = "```python\ndef reward(prev, action, state):\n    return {}, {{}}\n```"
NEARNESS = FENCED.format("1.0 - state.path_to_goal / 20.0")
PROGRESS = FENCED.format("prev.path_to_goal - state.path_to_goal")
LONGER = FENCED.format("2.0 - state.path_to_goal / 20.0")
PROTOCOL = {
    "generations": 1, "candidates": 2, "env_steps": 1024, "rung": 1, "select_episodes": 10,
    "report_seeds": 1, "report_episodes": 100,
}  # fmt: skip


def settings(folder: Path, **changes: Any) -> SearchSettings:
    """Two drafts and a repeat of each; the critic's model has a rubric and opinions."""
    coder, critic = folder / "coder.txt", folder / "critic.txt"
    coder.write_text("\n=====\n".join([NEARNESS, NEARNESS, PROGRESS, LONGER]))
    critic.write_text("\n=====\n".join(["- Is it paid once?", *["P(success): 0.6"] * 4]))
    values = {
        "env": ENV,
        "coder": f"scripted:{coder}",
        "critic": f"scripted:{critic}",
        "critic_rounds": 1,
        "protocol": PROTOCOL,
        "preset": {"n_envs": 16},
    }
    return validate_settings({**values, **changes})


def search(folder: Path, what: SearchSettings, *, resume: bool = False) -> SearchFiles:
    return evolve_to_files(what, folder, SilentView(), resume=resume, n_workers=1)


def test_from_draft_to_report(tmp_path: Path) -> None:
    files = search(tmp_path / "s", settings(tmp_path))
    good, bad = files.finding.trials
    assert "prev.path_to_goal" in good.candidate.source, "it was written again"
    assert len(good.candidate.requests) == 2
    assert good.evaluation is not None
    assert bad.failure is not None
    assert (bad.failure.kind, bad.failure.code) == (FailureKind.REJECTED, "farmable")
    record = files.document["facts"]["critic"]
    assert record["name"] == "rules+scripted"
    assert (record["judged"], record["rejected"], record["scored"]) == (3, 1, 1)
    assert 0.0 <= record["brier"] <= 1.0
    assert files.document["cost"]["calls"] == 4 + 1 + 3
    with StudyReader.open(tmp_path / "s") as study:
        said = study.decisions()["g00c01/critic"]
    assert said["rejected"] is True
    assert said["voices"]["scripted"] == 0.6
    assert "repeats actions" in said["findings"][0]["evidence"]
    report = files.report.read_text(encoding="utf-8")
    assert "<h2>The critic</h2>" in report
    assert "failed: rejected farmable" in report


@pytest.mark.kill
def test_a_capped_search_resumes_to_the_same_end_and_asks_nothing_twice(
    tmp_path: Path, exported: Callable[[Path], bytes]
) -> None:
    whole = search(tmp_path / "whole", settings(tmp_path))
    for calls in (3, 5, 7):
        capped = settings(tmp_path, budget=f"calls={calls}")
        with pytest.raises(BudgetExceeded):
            search(tmp_path / "s", capped, resume=calls > 3)
    files = search(tmp_path / "s", settings(tmp_path), resume=True)
    assert files.document["cost"]["calls"] == whole.document["cost"]["calls"]
    assert exported(tmp_path / "s") == exported(tmp_path / "whole")


def test_without_a_critic_a_study_records_none(tmp_path: Path) -> None:
    plain = study_settings(settings(tmp_path, critic="none"))
    assert plain.critic == ""
    assert not any(key.startswith("critic") for key in plain.protocol)
    assert study_settings(settings(tmp_path)).critic.startswith("scripted:")


def test_an_unknown_critic_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="rules"):
        search(tmp_path / "s", settings(tmp_path, critic="roebuck"))
