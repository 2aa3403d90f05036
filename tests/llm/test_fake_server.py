"""The scripted server as any client sees it, with the standard library only."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from alignenv.errors import ConfigError, MachineError
from alignenv.reward_design.llm.fake_script import FAULTS, Entry, load_script
from alignenv.reward_design.llm.fake_server import FakeServer


def post(base_url: str, path: str = "/chat/completions", **headers: str) -> tuple[int, dict]:
    data = json.dumps({"model": "any", "n": 3}).encode()
    asked = urllib.request.Request(base_url + path, data, headers)
    try:
        with urllib.request.urlopen(asked, timeout=10) as response:
            return response.status, json.loads(response.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def text(reply: dict) -> str:
    return reply["choices"][0]["message"]["content"]


def test_entries_by_arrival() -> None:
    with FakeServer(["a", Entry(text="b", faults=("500",))]) as server:
        answers = [post(server.base_url) for _ in range(4)]
    assert text(answers[0][1]) == "a"
    assert answers[1][0] == 500
    assert text(answers[2][1]) == "b"
    assert answers[3] == (
        500,
        {
            "error": {
                "code": "script_over",
                "message": "the script has no more replies",
                "type": "script_over",
            }
        },
    )


def test_entries_by_slot() -> None:
    with FakeServer(["a", Entry(text="b", faults=("429",))]) as server:
        assert post(server.base_url, **{"X-Slot": "1"})[0] == 429
        assert text(post(server.base_url, **{"X-Slot": "0"})[1]) == "a"
        assert text(post(server.base_url, **{"X-Slot": "1"})[1]) == "b"
        assert text(post(server.base_url, **{"X-Slot": "1"})[1]) == "b"


@pytest.mark.parametrize("headers", [{}, {"X-Slot": "5"}])
def test_a_script_can_begin_again(headers: dict[str, str]) -> None:
    with FakeServer(["a", "b"], cycle=True) as server:
        texts = [text(post(server.base_url, **headers)[1]) for _ in range(3)]
    assert texts == (["b"] * 3 if headers else ["a", "b", "a"])


def test_n_is_ignored_and_models_are_listed() -> None:
    with FakeServer(["a"]) as server:
        assert len(post(server.base_url)[1]["choices"]) == 1
        with urllib.request.urlopen(f"{server.base_url}/models", timeout=10) as response:
            assert json.loads(response.read())["data"]
        assert post(server.base_url, "/completions")[0] == 404


def test_scripts_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Unknown fault 'explode'"):
        FakeServer([Entry(text="x", faults=("explode",))])
    path = tmp_path / "s.json"
    path.write_text('[{"text": "x", "fault": "500"}]')
    with pytest.raises(ConfigError, match="fault"):
        load_script(path)
    path.write_text(json.dumps(["plain", {"text": "x", "faults": list(FAULTS)}]))
    assert [entry.text for entry in load_script(path)] == ["plain", "x"]


def test_a_taken_port_is_a_clear_error() -> None:
    with FakeServer([]) as server:
        port = int(server.base_url.split(":")[2].split("/")[0])
        with pytest.raises(MachineError, match="Cannot listen"):
            FakeServer([], port=port)


def test_the_command_serves_until_ended(tmp_path: Path) -> None:
    script = tmp_path / "s.json"
    script.write_text('["from the command"]')
    code = (
        "import typer; from alignenv.cli.fake_llm import fake_llm;"
        "app = typer.Typer(); app.command()(fake_llm); app()"
    )
    command = [sys.executable, "-c", code, "--script", str(script), "--port", "0"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stderr is not None
        said = running.stderr.readline()
        base_url = said.split("--base-url")[1].split()[0]
        assert text(post(base_url)[1]) == "from the command"
    finally:
        running.kill()
        running.communicate(timeout=10)


def test_the_documents_name_every_fault() -> None:
    text = (Path(__file__).parents[2] / "docs" / "llm.md").read_text(encoding="utf-8")
    assert [fault for fault in FAULTS if f"`{fault}`" not in text] == []
    assert [key for key in Entry.model_fields if f"| `{key}` |" not in text] == []
