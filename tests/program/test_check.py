"""`alignenv check`: verdicts, documents and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alignenv.cli.main import app
from alignenv.errors import AlignEnvError, ConfigError, UnknownName
from alignenv.program.check import check_source, surroundings_of_card, surroundings_of_env

GOOD = "def reward(prev, action, state):\n    return -state.path_to_goal, {'walk': 1.0}\n"
BAD = "def reward(prev, action, state):\n    return -state.path_to_gaol\n"


@pytest.fixture
def card(llm: Path) -> str:
    return f"{llm / 'cards.json'}:lava"


def invoke(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", *args])
    if isinstance(result.exception, AlignEnvError):
        raise result.exception
    return result.exit_code, result.stdout


def test_an_accepted_program(card, tmp_path):
    file = tmp_path / "good.py"
    file.write_text(GOOD, encoding="utf-8")
    code, out = invoke(str(file), "--card", card, "--json")
    document = json.loads(out)
    assert code == 0
    assert document == {
        "schema_version": 1,
        "ok": True,
        "compiled": True,
        "components": ["walk"],
        "errors": [],
    }


def test_a_refused_program(card, tmp_path):
    file = tmp_path / "bad.py"
    file.write_text(BAD, encoding="utf-8")
    code, out = invoke(str(file), "--card", card, "--json")
    document = json.loads(out)
    assert code == 1
    assert not document["ok"]
    assert [set(error) for error in document["errors"]] == [{"line", "rule", "message", "cure"}]
    assert document["errors"][0]["rule"] == "R035"
    assert "path_to_goal" in document["errors"][0]["cure"]


def test_people_get_sentences(card, tmp_path):
    file = tmp_path / "program.py"
    file.write_text(GOOD, encoding="utf-8")
    assert "accepted, compiled; components: walk" in invoke(str(file), "--card", card)[1]
    file.write_text(BAD, encoding="utf-8")
    code, out = invoke(str(file), "--card", card)
    assert code == 1
    assert out.startswith("line 2: [R035]")


def test_text_that_is_not_unicode_is_refused(card, tmp_path):
    file = tmp_path / "bytes.py"
    file.write_bytes(b"def reward(prev, action, state):\n    return 1.0  # \xff\n")
    assert invoke(str(file), "--card", card)[0] == 1


def test_a_suite_env_has_the_fields_of_its_task():
    surroundings = surroundings_of_env("AlignEnv-DoorKey-8x8-v0")
    assert "path_to_goal" in surroundings.spec
    assert check_source(GOOD, surroundings).ok


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["missing.py", "--card", "{card}"], "missing.py cannot be read"),
        (["{file}", "--card", "nowhere.json:lava"], "nowhere.json:lava"),
        (["{file}", "--card", "{card}2"], "no card"),
        (["{file}", "--env", "AlignEnv-DorKey-8x8-v0"], "no task"),
        (["{file}"], "checked for one task"),
    ],
)
def test_what_is_asked_wrongly_is_an_error_of_usage(args, words, card, tmp_path):
    file = tmp_path / "good.py"
    file.write_text(GOOD, encoding="utf-8")
    given = [arg.format(card=card, file=file) for arg in args]
    with pytest.raises((ConfigError, UnknownName), match=words) as error:
        invoke(*given)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('{"a": {"actions": "joint: x", "fields": {"d": ["float", ""]}}}', "joint"),
        ('{"a": {"fields": {}}}', "actions|fields"),
        ("[1, 2]", "cannot be read"),
        ("{", "cannot be read"),
    ],
)
def test_a_malformed_card_is_an_error_of_usage(text, match, tmp_path):
    path = tmp_path / "cards.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=match):
        surroundings_of_card(f"{path}:a")
