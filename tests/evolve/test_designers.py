"""A search by another designer than the default, end to end, and what studies record of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alignenv.benchmarks.search import study_settings
from alignenv.benchmarks.settings import validate_settings
from alignenv.benchmarks.summary import evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.reward_design.study import StudyReader
from alignenv.task import find_task

ENV = "AlignEnv-Empty-5x5-v0"
PROTOCOL = {
    "generations": 2, "candidates": 2, "env_steps": 1024, "rung": 1, "select_episodes": 10,
    "report_seeds": 1, "report_episodes": 100,
}  # fmt: skip


@pytest.mark.whole
def test_a_person_s_preferences_choose_the_winner(tmp_path: Path) -> None:
    """Whatever TRUE success says: what was liked best in the end is proved on fresh seeds."""
    ranking, folder = tmp_path / "ranking.txt", tmp_path / "s"
    ranking.write_text("best g00c01 worst g00c00\nbest g00c01 worst g01c01\n")
    settings = validate_settings(
        {
            "env": ENV,
            "designer": "icpl",
            "designer_options": {"ranking": str(ranking)},
            "protocol": PROTOCOL,
            "preset": {"n_envs": 16},
        }
    )
    files = evolve_to_files(settings, folder, SilentView())
    assert files.document["designer"] == "icpl[symbolic]"
    assert files.document["best"]["id"] == "g00c01"
    assert files.document["facts"] == {"queries": 1 + 3}
    with StudyReader.open(folder) as study:
        exported = study.export(canonical=True).decode()
    assert json.loads(exported)["summary"]["document"]["facts"] == {"queries": 4}
    assert str(tmp_path) not in exported


def test_a_study_records_programs_by_their_text(tmp_path: Path) -> None:
    human = find_task(ENV).reward("human").source
    file = tmp_path / "mine.py"
    file.write_text(human)
    for name, row in (("human", "human[none]"), (f"fixed:{file}", "fixed[none]")):
        recorded = study_settings(validate_settings({"env": ENV, "designer": name}))
        assert recorded.row == row
        assert recorded.designer_options == {"program": human}


def test_a_study_records_all_options() -> None:
    values = {"env": ENV, "designer": "hill-climb", "designer_options": {"temperature": 2}}
    recorded = study_settings(validate_settings(values))
    assert recorded.designer_options == {
        "islands": 1,
        "size": 1,
        "crossover": 0.0,
        "migration": 0.3,
        "temperature": 2.0,
    }
