"""The README's Python runs, its task file is one, and its commands exist."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from alignenv.envs.external import load_task

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_python_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    sources = blocks("python")
    assert len(sources) >= 3
    for number, source in enumerate(sources):
        named = re.match(r"# (\w+\.py)\n", source)
        path = tmp_path / (named[1] if named else f"block_{number}.py")
        path.write_text(source, encoding="utf-8")
        namespace = runpy.run_path(str(path), init_globals=namespace)
    env = namespace["env"]
    observation, _ = env.reset(seed=0)
    assert env.observation_space.contains(observation)
    *_, info = env.step(env.action_space.sample())
    assert set(info["reward_components"]) == {"key", "door", "goal"}
    assert namespace["envs"].num_envs == 256


def test_task_file_is_a_task(tmp_path: Path) -> None:
    (source,) = blocks("toml")
    path = tmp_path / "task.toml"
    path.write_text(source, encoding="utf-8")
    task = load_task(path, "MountainCarContinuous-v0")
    assert [field.name for field in task.card.state] == ["position", "velocity"]
    assert task.judge(task.card.state.empty(1) + 0.5).all()


def test_make_targets_and_variables_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    commands = [
        line for block in blocks("shell") for line in block.splitlines() if line[:4] == "make"
    ]
    assert commands
    for line in commands:
        _, target, *settings = line.split("#")[0].split(" <")[0].split()
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), line
        for name in (s.partition("=")[0] for s in settings if "=" in s):
            assert re.search(rf"^{name} \?=", makefile, re.MULTILINE), line


def test_demo_table_has_its_markers() -> None:
    begin, end = "<!-- demo-table:begin -->", "<!-- demo-table:end -->"
    assert README.count(begin) == README.count(end) == 1
    assert README.index(begin) < README.index(end)
