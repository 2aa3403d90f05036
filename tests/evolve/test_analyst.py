"""A search with an analyst of its own, end to end, and the same search without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.benchmarks.search import study_settings
from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.reward_design.study import StudyReader
from alignenv.types import Trial

ENV = "AlignEnv-DoorKey-5x5-v0"
PROTOCOL = {
    "generations": 1, "candidates": 2, "env_steps": 1024, "rung": 1, "select_episodes": 10,
    "report_seeds": 1, "report_episodes": 100,
}  # fmt: skip
REPLY = (
    '{"failures": [{"name": "weak-shaping", "evidence": "too little"}], "proposal": "Pay more."}'
)


def settings(analyst: str, **changes: object) -> SearchSettings:
    values = {"env": ENV, "protocol": PROTOCOL, "preset": {"n_envs": 16}, "analyst": analyst}
    return validate_settings({**values, **changes})


def search(folder: Path, analyst: str) -> tuple[list[Trial], str]:
    files = evolve_to_files(settings(analyst), folder, SilentView())
    with StudyReader.open(folder) as study:
        trials = list(study.trials())
    assert trials == list(files.finding.trials)
    return trials, files.report.read_text(encoding="utf-8")


@pytest.mark.whole
def test_an_analyst_is_recorded_and_changes_nothing_without_words(tmp_path: Path) -> None:
    script = tmp_path / "replies.txt"
    script.write_text(REPLY)
    looked_at, report = search(tmp_path / "with", f"scripted:{script}")
    untold, plain_report = search(tmp_path / "without", "none")
    for one, other in zip(looked_at, untold, strict=True):
        assert one.evaluation is not None
        assert other.evaluation is not None
        assert one.candidate == other.candidate
        assert one.evaluation.score == other.evaluation.score
        assert one.evaluation.curve == other.evaluation.curve
        assert one.analysis is not None
        assert one.analysis.text
        assert other.analysis is not None
        assert other.analysis.failures == ()
    asked = [t.analysis for t in looked_at if t.analysis is not None and t.analysis.requests]
    assert [a.proposal for a in asked] == ["Pay more."]
    assert "Pay more." in report
    assert "what went wrong: " in report
    assert "what went wrong: " not in plain_report


def test_who_looks_is_part_of_the_record() -> None:
    for values, analyst in (
        ({}, "rules"),
        ({"designer": "auto-mc-reward"}, "rules"),
        ({"designer": "auto-mc-reward", "coder": "openai:x"}, "coder"),
        ({"designer": "icpl", "coder": "openai:x"}, "rules"),
        ({"analyst": "none"}, "none"),
        ({"analyst": "coder"}, "rules"),
        ({"analyst": "coder", "coder": "openai:x"}, "openai:x"),
        ({"analyst": "coder", "designer": "human"}, "rules"),
        ({"analyst": "rules", "designer": "auto-mc-reward", "coder": "openai:x"}, "rules"),
    ):
        given = settings(**{"analyst": "", **values})
        assert study_settings(given).analyst == analyst
