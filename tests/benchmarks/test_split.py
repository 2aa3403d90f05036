"""A study with a split trains on one half of the layouts and reports on the other."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from alignenv.benchmarks.critic_evidence import record_evidence
from alignenv.benchmarks.search import study_settings
from alignenv.benchmarks.settings import validate_settings
from alignenv.cli.main import app
from alignenv.envs.make import EnvRef
from alignenv.errors import ConfigError
from alignenv.types import Candidate

TASK = "AlignEnv-DoorKey-5x5-v0"


def halves(trainee: Any) -> tuple[str, str]:
    """Of training and of evaluation."""
    return trainee.train.env["split"], trainee.evaluate.env["split"]


@pytest.mark.parametrize(
    ("split", "expected"),
    [("train", ("train", "test")), ("test", ("test", "train")), ("", ("", ""))],
)
def test_the_final_comparison_is_of_the_other_half(
    split: str, expected: tuple[str, str], make_search: Any, report_trainees: Any
) -> None:
    found = report_trainees(make_search(env=TASK, split=split))
    assert [halves(trainee) for trainee in found] == [expected, expected]


def test_selection_is_of_the_half_that_is_trained_on(make_search: Any) -> None:
    candidate = Candidate(id="c", source="", coder="scripted", generation=0)
    trainee = make_search(env=TASK, split="train")._trainee(candidate, 0)
    assert halves(trainee) == ("train", "train")


def test_a_critic_sees_the_oracle_in_one_half() -> None:
    evidence = record_evidence(EnvRef(id=TASK, split="train"), gamma=0.99)
    assert len(evidence.references) == len({r.layout for r in evidence.recordings})


def test_the_split_is_part_of_the_study() -> None:
    settings = validate_settings({"env": TASK, "split": "train"})
    assert study_settings(settings).protocol["split"] == "train"
    with pytest.raises(ConfigError, match="split"):
        validate_settings({"env": TASK, "split": "half"})


def test_train_scores_on_the_other_half(listening: Any) -> None:
    result = CliRunner().invoke(
        app, ["train", TASK, "--split", "train", "--seeds", "1", "--workers", "1", "--quiet"]
    )
    assert [halves(trainee) for trainee in listening(result.exception)] == [("train", "test")]
