"""A search that trains programs of one behaviour once, end to end: recorded, resumed, accounted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import SearchFiles, evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.reward_design.study import StudyReader

FENCED = "```python\ndef reward(prev, action, state):\n    return {}, {{}}\n```"
PROGRESS = FENCED.format("prev.path_to_goal - state.path_to_goal")
TURNED = FENCED.format("-(state.path_to_goal - prev.path_to_goal)")
ONCE_MORE = FENCED.format("1.0 * prev.path_to_goal - state.path_to_goal")
TWICE = FENCED.format("2.0 * (prev.path_to_goal - state.path_to_goal)")


def settings(folder: Path, **changes: Any) -> SearchSettings:
    """Two programs of one behaviour, then a third one of it beside another."""
    coder = folder / "coder.txt"
    coder.write_text("\n=====\n".join([PROGRESS, TURNED, ONCE_MORE, TWICE]))
    protocol = {
        "generations": 2, "candidates": 2, "env_steps": 1024, "rung": 1, "select_episodes": 10,
        "report_seeds": 1, "report_episodes": 100, "dedup": "behaviour",
    }  # fmt: skip
    values = {
        "env": "AlignEnv-Empty-5x5-v0",
        "coder": f"scripted:{coder}",
        "protocol": protocol,
        "preset": {"n_envs": 16},
    }
    return validate_settings({**values, **changes})


def search(folder: Path, what: SearchSettings, *, resume: bool = False) -> SearchFiles:
    return evolve_to_files(what, folder, SilentView(), resume=resume, n_workers=1)


@pytest.mark.whole
def test_a_program_of_a_known_behaviour_takes_the_known_outcome(
    tmp_path: Path, exported: Callable[[Path], bytes]
) -> None:
    whole = search(tmp_path / "whole", settings(tmp_path))
    trials = whole.finding.trials
    assert [trial.twin for trial in trials] == ["", "g00c00", "g00c00", ""]
    first, turned, *_ = trials
    assert first.evaluation is not None
    assert turned.evaluation is not None
    assert turned.evaluation.score == first.evaluation.score
    assert turned.evaluation.components == {}
    assert turned.outcome == "pays the same as g00c00"
    arms = sum(o.env_steps for arm in whole.finding.arms.values() for o in arm.outcomes)
    assert whole.document["cost"]["env_steps"] - arms == 2 * 1024, "two of four were trained"
    assert whole.document["candidates"] == 4
    assert whole.document["facts"]["dedup"] == {"compared": 4, "not_compared": 0, "reused": 2}
    with StudyReader.open(tmp_path / "whole") as study:
        assert study.decisions()["g01c00/dedup"] == {"twin": "g00c00"}
        assert [trial.twin for trial in study.trials()] == [trial.twin for trial in trials]

    search(tmp_path / "s", settings(tmp_path, budget="calls=2"))
    search(tmp_path / "s", settings(tmp_path), resume=True)
    assert exported(tmp_path / "s") == exported(tmp_path / "whole")
