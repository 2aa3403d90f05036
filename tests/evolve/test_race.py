"""A search that races past several rungs, end to end: who is stopped where, and resuming it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import SearchFiles, evolve_to_files
from alignenv.benchmarks.view import RunView, SilentView

FULL = 4096


def settings(**changes: object) -> SearchSettings:
    protocol = {
        "generations": 1, "candidates": 4, "env_steps": FULL, "rung": [0.25, 0.5], "keep": 0.5,
        "select_episodes": 10, "report_seeds": 1, "report_episodes": 100,
    }  # fmt: skip
    preset = {"n_envs": 16, "n_steps": 64}
    values = {"env": "AlignEnv-Empty-5x5-v0", "designer": "random", "preset": preset}
    return validate_settings({**values, "protocol": protocol, **changes})


def search(
    folder: Path, what: SearchSettings, *, view: RunView | None = None, resume: bool = False
) -> SearchFiles:
    return evolve_to_files(what, folder, view or SilentView(), resume=resume, n_workers=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> SearchFiles:
    return search(tmp_path_factory.mktemp("whole") / "s", settings())


@pytest.mark.whole
def test_each_rung_stops_its_share_and_none_is_trained_twice(whole: SearchFiles) -> None:
    found = whole.finding
    outcomes = sorted(trial.outcome for trial in found.trials)
    assert outcomes == ["fully trained", *["stopped at rung 0"] * 2, "stopped at rung 1"]
    spent = {t.outcome: t.evaluation.env_steps for t in found.trials if t.evaluation}
    assert spent == {
        "fully trained": FULL, "stopped at rung 0": FULL // 4, "stopped at rung 1": FULL // 2
    }  # fmt: skip
    for trial in found.trials:
        assert trial.evaluation is not None
        steps = [point.env_steps for point in trial.evaluation.curve]
        assert steps == sorted(set(steps)), "the curve goes on past each rung"
    assert found.best is not None
    assert found.best.outcome == "fully trained"


class PulledPlugError(Exception):
    """What a test does in the middle of a search."""


class StoppingView(SilentView):
    """Breaks off when a training begins."""

    def __init__(self, key: str) -> None:
        self._key = key

    def started(self, key: str, env_steps: int) -> None:
        if key == self._key:
            raise PulledPlugError


@pytest.mark.kill
def test_a_race_that_was_cut_off_resumes_to_the_same_end(
    whole: SearchFiles, tmp_path: Path, exported: Callable[[Path], bytes]
) -> None:
    last = whole.finding.best
    assert last is not None
    with pytest.raises(PulledPlugError):
        search(tmp_path, settings(), view=StoppingView(f"{last.candidate.id}/rung2"))
    search(tmp_path, settings(), resume=True)
    assert exported(tmp_path) == exported(whole.report.parent)
