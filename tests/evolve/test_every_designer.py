"""Every designer of the catalogue searches end to end, on real if small trainings."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import SearchFiles, evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.errors import ConfigError
from alignenv.reward_design.designers.catalogue import (
    ALIASES,
    DEFAULT_CODER,
    known_designers,
    plan_designer,
)
from alignenv.reward_design.study import StudyReader
from alignenv.task import find_task

ENV = "AlignEnv-Empty-5x5-v0"
SMALL = {
    "env": ENV,
    "preset": {"n_envs": 8, "n_steps": 32, "batch_size": 256, "n_epochs": 1},
    "protocol": {
        "generations": 2, "candidates": 2, "env_steps": 256, "rung": 1, "select_episodes": 4,
        "report_seeds": 1, "report_episodes": 100,
    },
}  # fmt: skip
PROGRAM = """```python
def reward(prev, action, state):
    sparse = 1.0 if state.path_to_goal == 0 else 0.0
    dense = {scale} * (prev.path_to_goal - state.path_to_goal)
    return sparse + dense, {{"sparse": sparse, "dense": dense}}
```"""
REPLIES = ["I would rather not.", *(PROGRAM.format(scale=k / 10) for k in range(1, 24))]
"""The first request is answered without a program, every other one with another program."""

N_RESULTS = 3
"""Trainings and scores after which a search is cut off: inside a generation, whichever it is."""
CUT_OFF = """
import json, os, signal, sys
from pathlib import Path

from alignenv.benchmarks.settings import validate_settings
from alignenv.benchmarks.summary import evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.reward_design.study import Study

left, settings, folder = int(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3])
record = Study.record_result

def record_and_die(*args, **more):
    global left
    record(*args, **more)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

Study.record_result = record_and_die
evolve_to_files(validate_settings(settings), folder, SilentView(), n_workers=1)
"""


def plans() -> list[tuple[str, bool]]:
    """Every designer as a spec, and whether any coder may write for it."""
    specs = [name if name != "fixed" else "fixed:human" for name in known_designers()]
    return [(spec, takes_any_coder(spec)) for spec in specs]


def takes_any_coder(spec: str) -> bool:
    try:
        plan_designer(spec, "scripted:x", rewards=find_task(ENV).rewards)
    except ConfigError:
        return False
    return True


SCRIPTED = [(spec, "scripted" if takes_any else DEFAULT_CODER) for spec, takes_any in plans()]
"""Each designer once: over a script, or with the only source of programs that it goes with."""
BY_DEFAULT = [
    pytest.param(spec, coder, marks=[pytest.mark.kill] if spec in ALIASES else [])
    for spec, coder in SCRIPTED
]
"""An alias is a designer with options set, and goes with the longer tests."""
SYMBOLIC = [(spec, DEFAULT_CODER) for spec, takes_any in plans() if takes_any]


def settings(folder: Path, spec: str, coder: str) -> SearchSettings:
    if coder == "scripted":
        script = folder / "replies.txt"
        script.write_text("\n=====\n".join(REPLIES))
        coder = f"scripted:{script}"
    return validate_settings({**SMALL, "designer": spec, "coder": coder})


def search(folder: Path, what: SearchSettings, *, resume: bool = False) -> SearchFiles:
    return evolve_to_files(what, folder, SilentView(), resume=resume)


@pytest.mark.parametrize(("spec", "coder"), BY_DEFAULT)
def test_a_designer_searches_and_chooses(spec: str, coder: str, tmp_path: Path) -> None:
    what, folder = settings(tmp_path, spec, coder), tmp_path / "study"
    files = search(folder, what)
    trials = list(files.finding.trials)
    assert {trial.candidate.generation for trial in trials} == {0, 1}
    trained = {trial.candidate.id for trial in trials if trial.evaluation is not None}
    assert files.document["best"]["id"] in trained
    assert {trial.failure.kind.value for trial in trials if trial.failure} <= {"no-code"}
    assert set(files.document["arms"]) == {"sparse", "human", "best"}
    assert files.program is not None
    assert "<html" in files.report.read_text(encoding="utf-8")
    with StudyReader.open(folder) as study:
        assert list(study.trials()) == trials


@pytest.mark.kill
@pytest.mark.parametrize(("spec", "coder"), [*SCRIPTED, *SYMBOLIC])
def test_a_designer_that_was_cut_off_ends_the_same(
    spec: str, coder: str, tmp_path: Path, exported: Callable[[Path], bytes]
) -> None:
    what = settings(tmp_path, spec, coder)
    search(tmp_path / "undisturbed", what)
    folder = tmp_path / "study"
    words = [str(N_RESULTS), json.dumps(what.model_dump(mode="json")), str(folder)]
    killed = subprocess.run([sys.executable, "-c", CUT_OFF, *words], check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    with StudyReader.open(folder) as study:
        assert len(study.result_keys()) == N_RESULTS
        assert study.summary() is None
    search(folder, what, resume=True)
    assert exported(folder) == exported(tmp_path / "undisturbed")
