"""Second trainings of the best candidates: who gets one, and what they decide."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alignenv.benchmarks.choosing import Choice, confirmed, contenders, finished, select
from alignenv.benchmarks.evaluator import Outcome
from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import SearchFiles, evolve_to_files
from alignenv.benchmarks.view import RunView, SilentView
from alignenv.reward_design.study import StudyReader
from alignenv.testing.coders import trained
from alignenv.types import Candidate, Score, Trial

FULL = 1024
FENCED = "```python\ndef reward(prev, action, state):\n    return {}, {{}}\n```"
PROGRAMS = [
    FENCED.format(f"{weight} * (prev.path_to_goal - state.path_to_goal)") for weight in (1.0, 2.0)
]


def trial(name: str, success: float, *, stopped: bool = False, twin: str = "") -> Trial:
    found = trained(Candidate(id=name, source=name, coder="x", generation=0), success)
    assert found.evaluation is not None
    evaluation = replace(found.evaluation, stopped_at=0 if stopped else None)
    return replace(found, evaluation=evaluation, twin=twin)


def outcome(success: float | None) -> Outcome:
    score = Score(
        success=success or 0.0, success_greedy=0.0, milestones=0.0, mean_length=1.0, n_episodes=10
    )
    return Outcome(score=None if success is None else score, env_steps=100)


def test_those_with_success_that_were_trained_in_full_themselves_contend() -> None:
    trials = [
        trial("a", 0.2), trial("b", 0.9, stopped=True), trial("c", 0.0), trial("d", 0.8),
        trial("e", 0.8, twin="d"), trial("f", 0.5),
    ]  # fmt: skip
    assert [t.candidate.id for t in contenders(trials, 2)] == ["d", "f"]
    assert [t.candidate.id for t in contenders(trials, 9)] == ["d", "f", "a"]
    assert contenders(trials, 0) == []
    assert [t.candidate.id for t in finished(trials)][-1] == "c"
    best = select(trials)
    assert best is not None
    assert best.candidate.id == "d"


def test_the_mean_of_both_trainings_decides_and_ties_stay_in_order() -> None:
    lucky, steady = trial("lucky", 1.0), trial("steady", 0.9)
    assert confirmed([lucky, steady], [outcome(0.1), outcome(0.8)]) is steady
    assert confirmed([lucky, steady], [outcome(0.8), outcome(0.8)]) is lucky
    assert confirmed([lucky, steady], [outcome(None), outcome(0.2)]) is steady
    assert confirmed([lucky, steady], [outcome(0.7), outcome(0.8)]) is lucky


def test_a_second_training_that_failed_has_rate_0() -> None:
    choice = Choice(best=None, confirmed={"a": outcome(0.5), "b": outcome(None)})
    assert choice.rates == {"a": 0.5, "b": 0.0}


def settings(folder: Path, confirm: int = 2) -> SearchSettings:
    coder = folder / "coder.txt"
    coder.write_text("\n=====\n".join(PROGRAMS))
    protocol = {
        "generations": 1, "candidates": 2, "env_steps": FULL, "rung": 1, "confirm": confirm,
        "select_episodes": 50, "report_seeds": 1, "report_episodes": 100,
    }  # fmt: skip
    return validate_settings(
        {
            "env": "AlignEnv-Empty-5x5-v0",
            "coder": f"scripted:{coder}",
            "protocol": protocol,
            "preset": {"n_envs": 16},
        }
    )


def search(
    folder: Path, what: SearchSettings, *, view: RunView | None = None, resume: bool = False
) -> SearchFiles:
    return evolve_to_files(what, folder, view or SilentView(), resume=resume, n_workers=1)


class PulledPlugError(Exception):
    """What a test does in the middle of a search."""


class StoppingView(SilentView):
    """Breaks off when a second training begins."""

    def started(self, key: str, env_steps: int) -> None:
        if key.endswith("/again"):
            raise PulledPlugError


@pytest.mark.whole
def test_a_search_confirms_its_best(tmp_path: Path) -> None:
    whole = search(tmp_path / "whole", settings(tmp_path))
    finding = whole.finding
    rates = finding.facts["confirmed"]
    assert sorted(rates) == ["g00c00", "g00c01"]
    means = {
        t.candidate.id: (t.merit[1] + rates[t.candidate.id]) / 2 for t in finding.trials
    }  # fmt: skip
    assert finding.best is not None
    assert means[finding.best.candidate.id] == max(means.values())
    arms = sum(o.env_steps for arm in finding.arms.values() for o in arm.outcomes)
    assert whole.document["cost"]["env_steps"] - arms == 4 * FULL


@pytest.mark.kill
def test_a_search_cut_off_while_it_confirms_resumes_to_the_same_end(tmp_path: Path) -> None:
    search(tmp_path / "whole", settings(tmp_path))
    cut = tmp_path / "cut"
    with pytest.raises(PulledPlugError):
        search(cut, settings(tmp_path), view=StoppingView())
    search(cut, settings(tmp_path), resume=True)
    exports = []
    for folder in (tmp_path / "whole", cut):
        with StudyReader.open(folder) as study:
            exports.append(study.export(canonical=True))
    assert exports[0] == exports[1]
