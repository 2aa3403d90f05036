"""`--critic` on the command line: named in the help, checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_the_help_names_the_critics(quick_alignenv: Run) -> None:
    run = quick_alignenv("evolve", "--help")
    assert run.code == 0
    assert "--critic" in run.out


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("roebuck", "no critic named 'roebuck'"),
        ("rules:all", "takes no argument"),
        ("openai:gpt-5", "OPENAI_API_KEY"),
        ("replay:nowhere.jsonl", "nowhere.jsonl"),
    ],
)
def test_an_unusable_critic_is_refused_at_once(
    quick_alignenv: Run, tmp_path: Path, spec: str, words: str
) -> None:
    run = quick_alignenv(
        "evolve", "AlignEnv-Empty-5x5-v0", "--critic", spec, "--out", tmp_path / "s", "--json"
    )
    assert run.code in (2, 3), run.err
    assert words in str(run.document["error"])
