"""A search that a cap stops ends with the best so far, and resumes as if it never had."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import SearchFiles, evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.cli.main import app
from alignenv.errors import BudgetExceeded
from alignenv.reward_design.study import StudyReader, list_studies

FENCED = "```python\ndef reward(prev, action, state):\n    return {}, {{}}\n```"
AWAY = FENCED.format("state.path_to_goal - prev.path_to_goal")
TOWARDS = FENCED.format("prev.path_to_goal - state.path_to_goal")
TWICE = FENCED.format("2.0 * (prev.path_to_goal - state.path_to_goal)")
PROTOCOL = {
    "generations": 3, "candidates": 1, "env_steps": 1024, "rung": 1, "select_episodes": 10,
    "report_seeds": 1, "report_episodes": 100,
}  # fmt: skip


def settings(folder: Path, *, calls: int = 9, **protocol: Any) -> SearchSettings:
    """Three generations of one program, of which the first is the worst."""
    coder = folder / "coder.txt"
    coder.write_text("\n=====\n".join([AWAY, TOWARDS, TWICE]))
    values = {
        "env": "AlignEnv-Empty-5x5-v0",
        "coder": f"scripted:{coder}",
        "budget": f"calls={calls}",
        "protocol": {**PROTOCOL, **protocol},
        "preset": {"n_envs": 16},
    }
    return validate_settings(values)


def search(folder: Path, what: SearchSettings, *, resume: bool = False) -> SearchFiles:
    return evolve_to_files(what, folder, SilentView(), resume=resume, n_workers=1)


def test_a_capped_search_ends_with_the_best_so_far(tmp_path: Path) -> None:
    what, folder = settings(tmp_path), tmp_path / "s"
    protocol = [f"--set=protocol.{name}={value}" for name, value in PROTOCOL.items()]
    told = ["--coder", what.coder, "--budget", "calls=1", "--workers", "1"]
    others = ["--set=preset.n_envs=16", "--out", str(folder), "--json", "--quiet"]
    run = CliRunner().invoke(app, ["evolve", what.env, *told, *protocol, *others])
    found = json.loads(run.stdout)
    assert run.exit_code == 1, run.output
    assert found["stopped"]["kind"] == "BudgetExceeded"
    assert "calls=1" in found["stopped"]["message"]
    assert found["best"]["id"] == "g00c00"
    assert set(found["arms"]) == {"sparse", "human", "best"}
    program = Path(found["best"]["program"]).read_text()
    assert "state.path_to_goal - prev.path_to_goal" in program
    assert (folder / "best" / "policy.npz").exists()
    assert "Stopped by cap." in (folder / "report.html").read_text(encoding="utf-8")
    assert list_studies(folder)[0].state == "capped"
    with StudyReader.open(folder) as study:
        assert study.summary() is None
        assert study.stopped()["best"]["id"] == "g00c00"
        assert study.find_result("report/best/0/train") is None, "another may be best in the end"


def test_a_cap_before_any_training_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BudgetExceeded, match="calls=0"):
        search(tmp_path / "s", settings(tmp_path, calls=0))
    assert not (tmp_path / "s" / "result.json").exists()


@pytest.mark.kill
@pytest.mark.parametrize("confirm", [0, 2])
def test_a_capped_search_resumes_to_the_end_of_one_that_never_stopped(
    tmp_path: Path, confirm: int, exported: Callable[[Path], bytes]
) -> None:
    whole = search(tmp_path / "whole", settings(tmp_path, confirm=confirm))
    for calls in (1, 1, 2):
        capped = settings(tmp_path, calls=calls, confirm=confirm)
        assert search(tmp_path / "s", capped, resume=(tmp_path / "s").exists()).finding.stopped
    again = search(tmp_path / "s", settings(tmp_path, confirm=confirm), resume=True)
    assert exported(tmp_path / "s") == exported(tmp_path / "whole")
    assert list_studies(tmp_path / "s")[0].state == "finished"
    for key in ("best", "arms", "facts", "stopped", "candidates"):
        expected = {**whole.document, "best": {**whole.document["best"], "program": ""}}[key]
        found = {**again.document, "best": {**again.document["best"], "program": ""}}[key]
        if key == "arms":
            expected, found = _figures(expected), _figures(found)
        assert found == expected


def _figures(arms: dict[str, Any]) -> dict[str, Any]:
    """Arms without the paths of their programs."""
    return {name: {**arm, "program": ""} for name, arm in arms.items()}
