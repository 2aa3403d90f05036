"""Hostile programs as replies of a model: typed failed trials, and the search goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.settings import SearchSettings
from alignenv.benchmarks.summary import evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.types import FailureKind

CORPUS = Path(__file__).parents[1] / "data" / "programs" / "hostile.jsonl"
GOOD = (
    "```python\ndef reward(prev, action, state):\n"
    "    return prev.path_to_goal - state.path_to_goal\n```"
)
SECRET = "sk-secret-that-no-worker-may-see"


def corpus() -> list[str]:
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["source"] for line in lines]


def traces() -> set[str]:
    """Files that a hostile program leaves behind when it runs plainly."""
    return {p.name for p in Path("/tmp").glob("alignenv-pwned*")}


def search(programs: list[str], folder: Path) -> Iterator[FailureKind | None]:
    """Outcome of each program, proposed side by side with one that works."""
    script = folder / "replies.json"
    replies = [f"```python\n{source}\n```" for source in programs]
    script.write_text(json.dumps([*replies, GOOD]))
    settings = SearchSettings(
        env="AlignEnv-Empty-5x5-v0",
        coder=f"scripted:{script}",
        protocol=Protocol(
            generations=1, candidates=len(programs) + 1, env_steps=2048, rung=1,
            select_episodes=10, report_seeds=1, report_episodes=100,
        ),
        preset={"n_envs": 16},
    )  # fmt: skip
    files = evolve_to_files(settings, folder / "study", SilentView())
    trials = files.finding.trials
    assert trials[-1].evaluation is not None, "the neighbour of hostile programs trains"
    for trial in trials[:-1]:
        yield trial.failure.kind if trial.failure else None


def test_a_handful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    before = traces()
    outcomes = list(search(corpus()[::16], tmp_path))
    assert FailureKind.RULE in outcomes
    assert traces() == before
    assert os.environ["OPENAI_API_KEY"] == SECRET


@pytest.mark.hostile
def test_all_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    before = traces()
    outcomes = list(search(corpus(), tmp_path))
    refused = sum(outcome is not None for outcome in outcomes)
    assert refused >= 0.9 * len(outcomes), f"{refused} of {len(outcomes)} refused"
    assert FailureKind.INFRASTRUCTURE not in outcomes
    assert traces() == before
