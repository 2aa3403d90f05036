"""A key in the pool's process is nowhere in the template and its workers."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from alignenv.reward_design.sandbox import JobResult, Pool
from alignenv.reward_design.sandbox.environment import PASSED_ON, clean_environment

KEY = "sk-canary-0123456789"

SEARCH = """
import os, sys
sys.path.insert(0, {here!r})
import hostile_jobs
from alignenv.reward_design.sandbox import Job, Pool

class Control:
    def send(self, message):
        assert "os.environ" in message["found"] and "/proc/self/environ" in message["found"]

with Pool(1, preload=("hostile_jobs",), start={start!r}) as pool:
    payload = dict(action="search_for_secret", half={key!r}[:9], other_half={key!r}[9:])
    payload["pool_pid"] = os.getpid()
    hostile_jobs.search_for_secret(payload, Control())
    (result,) = pool.map([Job(id="a", entry="hostile_jobs:ACT", payload=payload)])
    assert result.ok, result
    print(result.messages[0]["found"])
"""


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_key_in_the_first_environment_is_not_found(start: str) -> None:
    # In a process of its own, whose /proc/<pid>/environ really has the key.
    code = SEARCH.format(here=str(Path(__file__).parent), start=start, key=KEY)
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"OPENAI_API_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_key_set_later_is_not_found(
    monkeypatch: pytest.MonkeyPatch, run: Callable[..., JobResult]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    result = run("search_for_secret", half=KEY[:9], other_half=KEY[9:], pool_pid=os.getpid())
    assert result.ok, result
    assert result.messages == [{"found": []}]


def test_template_has_none_but_listed_variables(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    monkeypatch.setenv("LANG", "C.UTF-8")
    before = _children()
    with Pool(1, run_dir=tmp_path) as pool:
        (template,) = _children() - before
        block = Path(f"/proc/{template}/environ").read_bytes().split(b"\0")
        assert pool.tier
    names = {entry.split(b"=")[0].decode() for entry in block if entry}
    assert "LANG" in names
    assert {"OPENAI_API_KEY", "ANTHROPIC_API_KEY", "PYTHONPATH"}.isdisjoint(names)
    assert names == set(clean_environment(tmp_path))
    assert not any("KEY" in name or "TOKEN" in name for name in PASSED_ON)


def _children() -> set[int]:
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(pid) for task in tasks for pid in task.read_text().split()}
