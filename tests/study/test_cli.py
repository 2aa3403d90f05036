"""`alignenv study list | show | export`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from alignenv.cli.study import study as app
from alignenv.errors import StudyError, UnknownName
from alignenv.reward_design.llm.journal import read_recording
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Message, Spend
from alignenv.testing.store import a_candidate, a_trial
from alignenv.types import Failure, FailureKind, Trial


@pytest.fixture
def filled(study, folder):
    """The folder of a finished study."""
    request = ChatRequest(model="tiny", messages=(Message("user", "hello"),), slot=0)
    study.journal.record(
        request.id, study.journal.reserve(request, Spend()), ChatReply(text="hi"), Spend(calls=1)
    )
    failure = Failure(kind=FailureKind.RULE, code="R034", message="no [bold]field[/] \x1b[31mdoors")
    study.record_candidate(a_candidate())
    study.record_trial(a_trial(success=0.75))
    hostile = a_candidate(1, source="def reward(\x1b[2J):\n\ud800")
    study.record_candidate(hostile)
    study.record_trial(Trial(candidate=hostile, failure=failure))
    study.finish({"best": "g00c00"})
    study.close()
    return folder


def run(*arguments: object):
    result = CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200"})
    if result.exception is not None:
        raise result.exception
    return result


def test_list_has_a_row_for_each_study(filled):
    (row,) = json.loads(run("list", filled.parent, "--json").stdout)
    assert row["schema_version"] == 1
    assert row["state"] == "finished"
    assert (row["candidates"], row["failed"], row["best_success"]) == (2, 1, 0.75)
    table = run("list", filled.parent).stdout
    assert "eureka[symbolic]" in table
    assert "75%" in table


def test_show_tells_outcomes_and_treats_their_text_as_data(filled):
    document = json.loads(run("show", filled, "--json").stdout)
    assert document["summary"] == {"best": "g00c00"}
    assert document["settings"]["seed"] == 7
    good, bad = document["candidates"]
    assert (good["success"], good["outcome"]) == (0.75, "fully trained")
    assert (bad["success"], bad["outcome"]) == (None, "failed: rule R034")
    table = run("show", filled).stdout
    assert "no [bold]field[/]" in table
    assert "\x1b[31m" not in table


def test_show_prints_a_program(filled):
    assert run("show", filled, "--program", "g00c00").stdout == a_candidate().source
    assert run("show", filled, "--program", "g00c01").stdout == "def reward(?[2J):\n?\n"
    with pytest.raises(UnknownName, match="Did you mean 'g00c01'"):
        run("show", filled, "--program", "g00c01x")


def test_export_writes_one_document(filled, tmp_path):
    canonical = run("export", filled, "--canonical").stdout
    assert json.loads(canonical)["canonical"] is True
    run("export", filled, "--out", tmp_path / "full.json")
    full = json.loads((tmp_path / "full.json").read_text())
    assert full["sessions"]
    assert [record["key"] for record in full["candidates"]] == ["g00c00", "g00c01"]


def test_export_gives_replies_for_a_replay(filled, tmp_path):
    assert run("export", filled, "--replay", tmp_path / "replies.jsonl").stdout == ""
    ((request, reply),) = read_recording(tmp_path / "replies.jsonl")
    assert (request.messages[0].content, reply.text) == ("hello", "hi")


def test_a_folder_without_a_study_is_one_clear_error(tmp_path):
    for command in ("show", "export"):
        with pytest.raises(StudyError, match="holds no study"):
            run(command, tmp_path)


def test_help_needs_no_database():
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from alignenv.cli.study import study\n"
        "assert CliRunner().invoke(study, ['export', '--help']).exit_code == 0\n"
        "assert 'sqlalchemy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
