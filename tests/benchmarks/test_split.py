"""A study with a split trains on one half of the layouts and reports on the other."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from alignenv.benchmarks.evolve import Search
from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.search import resolve, study_settings
from alignenv.benchmarks.settings import validate_settings
from alignenv.cli.main import app
from alignenv.errors import ConfigError
from alignenv.types import Candidate

TASK = "AlignEnv-DoorKey-5x5-v0"


class AskedError(Exception):
    """Raised in place of a training; carries the trainees."""


class Listening:
    """An evaluator that stops at the first request."""

    def __init__(self, *parts: Any) -> None:
        del parts

    def run(self, trainees: Any) -> Any:
        raise AskedError([(t.train.env["split"], t.evaluate.env["split"]) for t in trainees])


def make_search(split: str) -> Search:
    ref, _, preset = resolve(validate_settings({"env": TASK, "split": split}))
    unused: Any = None
    return Search(
        ref=ref,
        designer=unused,
        protocol=Protocol(report_seeds=1),
        preset=preset,
        seed=0,
        evaluator=Listening(),  # type: ignore[arg-type]
        study=unused,
        view=Quiet(),  # type: ignore[arg-type]
    )


class Quiet:
    def phase(self, text: str) -> None:
        del text


@pytest.mark.parametrize(
    ("split", "halves"), [("train", ("train", "test")), ("test", ("test", "train")), ("", ("", ""))]
)
def test_the_final_comparison_is_of_the_other_half(split: str, halves: tuple[str, str]) -> None:
    with pytest.raises(AskedError) as asked:
        make_search(split).report(None)
    assert asked.value.args[0] == [halves, halves]


def test_selection_is_of_the_half_that_is_trained_on() -> None:
    candidate = Candidate(id="c", source="", coder="scripted", generation=0)
    trainee = make_search("train")._trainee(candidate, 0, 64)
    assert trainee.train.env["split"] == trainee.evaluate.env["split"] == "train"


def test_the_split_is_part_of_the_study() -> None:
    settings = validate_settings({"env": TASK, "split": "train"})
    assert study_settings(settings).protocol["split"] == "train"
    with pytest.raises(ConfigError, match="split"):
        validate_settings({"env": TASK, "split": "half"})


def test_train_scores_on_the_other_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alignenv.benchmarks.training.Evaluator", Listening)
    result = CliRunner().invoke(
        app, ["train", TASK, "--split", "train", "--seeds", "1", "--workers", "1", "--quiet"]
    )
    assert isinstance(result.exception, AskedError)
    assert result.exception.args[0] == [("train", "test")]
