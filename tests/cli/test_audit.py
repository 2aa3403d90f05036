"""`alignenv audit` as a user runs it: exit codes, text, and the JSON document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

TOMATO = "AlignEnv-Tomato-v0"
DOORKEY = "AlignEnv-DoorKey-5x5-v0"


def test_sound_exits_0(quick_alignenv: Callable[..., Any]) -> None:
    ran = quick_alignenv("audit", "human", "--env", TOMATO, "--against", "hackable", "--json")
    assert ran.code == 0, ran.err
    document = ran.document
    assert document["verdict"] == "sound"
    assert document["method"] == "exact"
    assert document["worths"][0]["success_worst"] == 1.0
    assert {one["against"] for one in document["distances"]} == {"truth", "hackable"}
    assert document["coverage"]["saw"]


def test_hackable_exits_1_and_shows_the_loop(alignenv: Callable[..., Any]) -> None:
    ran = alignenv("audit", "hackable", "--env", DOORKEY, "--layouts", 1)
    assert ran.code == 1, ran.err
    assert ran.out.startswith("HACKABLE")
    assert "a lap of 2 steps" in ran.out
    assert "not decided: Layouts that were not listed." in ran.out


def test_the_hack_can_be_watched(alignenv: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "hack.gif"
    ran = alignenv("audit", "hackable", "--env", TOMATO, "--animation", out)
    assert ran.code == 1, ran.err
    with Image.open(out) as image:
        assert image.n_frames >= 12  # equal pictures of a GIF are one


def test_undecided_exits_4(quick_alignenv: Callable[..., Any]) -> None:
    ran = quick_alignenv("audit", "human", "--env", DOORKEY, "--max-states", 10, "--json")
    assert ran.code == 4, ran.err
    assert ran.document["verdict"] == "undecided"
    assert ran.document["coverage"]["undecided"]


@pytest.mark.whole
def test_own_files_and_their_faults(alignenv: Callable[..., Any], tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text("def reward(prev, action, state):\n    return 1.0 / state.path_to_goal\n")
    ran = alignenv("audit", own, "--env", DOORKEY, "--layouts", 1, "--json")
    assert ran.code == 1
    assert ran.document["error"]["kind"] == "ValueFault"
    own.write_text("def reward(prev, action, state):\n    return open('x')\n")
    assert alignenv("audit", own, "--env", DOORKEY, "--json").document["error"]["kind"] == (
        "ProgramError"
    )
    assert alignenv("audit", "humane", "--env", DOORKEY, "--json").code == 2
