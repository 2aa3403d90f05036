"""Random programs as a yardstick: drawn from the card alone, measured once, resumed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from alignenv.benchmarks import random_programs
from alignenv.benchmarks.random_programs import draw_programs, main, settings_of
from alignenv.program import parse_program
from alignenv.task import find_task

TASK = "AlignEnv-Empty-5x5-v0"


@pytest.mark.parametrize("task_id", [TASK, "AlignEnv-DoorKey-8x8-v0"])
def test_programs_are_accepted_distinct_and_the_same_every_time(task_id: str) -> None:
    card = find_task(task_id).card
    sources = draw_programs(card, 16)
    assert len(set(sources)) == 16
    assert sources == draw_programs(card, 16)
    for source in sources:
        parse_program(source, card.state, card.action)


def test_what_is_measured_is_kept_until_its_settings_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    def measured(task_id: str, n: int, known: object) -> dict[str, Any]:
        del known
        asked.append((task_id, n))
        return {"best": 1.0, "mean": 0.5, "settings": settings_of(task_id, n)}

    monkeypatch.setattr(random_programs, "measure", measured)
    arguments = [TASK, "--results", str(tmp_path)]
    main([*arguments, "--programs", "2", "--plan"])
    assert f"missing: {TASK}" in capsys.readouterr().err
    assert asked == []
    for _ in range(2):
        main([*arguments, "--programs", "2"])
    for n in ("3", "2"):
        main([*arguments, "--programs", n])
    assert asked == [(TASK, 2), (TASK, 3)]
    table = json.loads((tmp_path / "grid.json").read_text())
    assert table[TASK]["random programs"]["best"] == 1.0


def test_more_programs_begin_with_those_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    trained: list[str] = []

    class Trained:
        def __init__(self, *parts: Any) -> None:
            del parts

        def run(self, trainees: Sequence[Any]) -> list[Any]:
            trained.extend(trainee.key for trainee in trainees)
            score = SimpleNamespace(success=0.25)
            return [SimpleNamespace(score=score, failure=None) for _ in trainees]

    monkeypatch.setattr(random_programs, "Evaluator", Trained)
    monkeypatch.setattr(random_programs, "open_pool", lambda *_, **__: nullcontext())
    few = random_programs.measure(TASK, 2)
    many = random_programs.measure(TASK, 4, few)
    assert trained == [f"program{i:02d}" for i in range(4)]
    assert many["rates"] == [0.25] * 4
    assert many["settings"] == settings_of(TASK, 4)
    other = {**few, "settings": {**few["settings"], "sources": "of another grammar"}}
    random_programs.measure(TASK, 3, other)
    assert trained[4:] == ["program00", "program01", "program02"]


@pytest.mark.learning
@pytest.mark.timeout(600)
def test_random_programs_train_like_candidates() -> None:
    found = random_programs.measure(TASK, 2)
    assert len(found["rates"]) == 2
    assert found["best"] == max(found["rates"])
    assert found["env_steps"] == 32768
