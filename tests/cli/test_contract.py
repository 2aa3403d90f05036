"""What scripts rely on: documents, exit codes, one clear message for bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

TINY = (
    "--set", "protocol.report_seeds=1", "--set", "protocol.select_episodes=10",
    "--set", "protocol.report_episodes=100", "--set", "preset.n_envs=16",
    "--generations", 1, "--candidates", 2, "--steps", 4096,
)  # fmt: skip


def test_envs_list(quick_alignenv: Run) -> None:
    run = quick_alignenv("envs", "list", "--json")
    rows = run.document
    assert run.code == 0
    assert {"id", "family", "horizon"} <= rows[0].keys()
    assert "AlignEnv-DoorKey-8x8-v0" in [row["id"] for row in rows]
    assert all(row["schema_version"] == 1 for row in rows)


def test_train(alignenv: Run, tmp_path: Path) -> None:
    run = alignenv(
        "train", "AlignEnv-Empty-5x5-v0", "--reward", "human", "--seeds", 2, "--steps", 8192,
        "--out", tmp_path / "p", "--json",
    )  # fmt: skip
    found = run.document
    assert run.code == 0, run.err
    assert found["obs"] == "symbolic"
    assert [r["n_episodes"] for r in found["runs"]] == [100, 100]
    assert all(0 <= r["success"] <= 1 and r["cpu_s"] > 0 for r in found["runs"])
    played = alignenv(
        "play", "AlignEnv-Empty-5x5-v0", "--policy", tmp_path / "p" / "policy-0.npz", "--json"
    )
    assert played.document["length"] > 0
    assert (tmp_path / "play.webp").read_bytes()[8:12] == b"WEBP"


def test_play_in_one_half_of_the_layouts(quick_alignenv: Run) -> None:
    """The empty room has one layout, so that one half has it and the other half has none."""
    runs = {
        half: quick_alignenv("play", "AlignEnv-Empty-5x5-v0", "--split", half, "--json")
        for half in ("train", "test")
    }
    assert sorted(run.code for run in runs.values()) == [0, 2]
    for half, run in runs.items():
        if run.code:
            assert "too few layouts" in run.document["error"]["cure"]
        else:
            assert run.document["split"] == half
    misspelt = quick_alignenv("play", "AlignEnv-Empty-5x5-v0", "--split", "tset", "--json")
    assert misspelt.code == 2
    assert "'test'" in misspelt.document["error"]["cure"]


def test_compare(alignenv: Run) -> None:
    run = alignenv(
        "compare", "human", "sparse", "hackable", "--env", "AlignEnv-Empty-5x5-v0",
        "--seeds", 2, "--steps", 4096, "--json",
    )  # fmt: skip
    found = run.document
    assert run.code == 0, run.err
    assert list(found["rewards"]) == ["human", "sparse", "hackable"]
    assert [len(arm["runs"]) for arm in found["rewards"].values()] == [2, 2, 2]
    assert [one["second"] for one in found["contrasts"]] == ["sparse", "hackable"]
    for one in found["contrasts"]:
        assert one["p"] >= 0.5  # two pairs can show nothing
        assert one["verdict"] == "undecided"
        low, high = one["difference_interval"]
        assert low <= one["difference"] <= high


@pytest.mark.parametrize("rewards", [["human"], ["human", "human"]])
def test_compare_needs_two_rewards(quick_alignenv: Run, rewards: list[str]) -> None:
    run = quick_alignenv("compare", *rewards, "--env", "AlignEnv-Empty-5x5-v0", "--json")
    assert run.code == 2
    assert "two or more" in run.document["error"]["cure"]


def test_evolve(alignenv: Run, tmp_path: Path) -> None:
    run = alignenv("evolve", "AlignEnv-Empty-5x5-v0", *TINY, "--out", tmp_path / "s", "--json")
    found = run.document
    assert run.code == 0, run.err
    assert set(found["arms"]) == {"sparse", "human", "best"}
    for arm in found["arms"].values():
        low, high = arm["success_interval"]
        assert low <= arm["success"] <= high
        assert arm["env_steps"] == found["arms"]["sparse"]["env_steps"]
        assert arm["n_seeds"] == 1
        assert arm["n_episodes"] == 100
    assert Path(found["best"]["program"]).read_text().count("def ") >= 1
    assert set(found["cost"]) == {"calls", "tokens", "usd", "env_steps", "cpu_s"}
    report = (tmp_path / "s" / "report.html").read_text()
    assert "data:image/webp;base64" in report
    assert json.loads((tmp_path / "s" / "result.json").read_text())["best"] == found["best"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["train", "AlignEnv-DorKey-8x8-v0"], 2, "AlignEnv-DoorKey-8x8-v0"),
        (["evolve", "AlignEnv-Empty-5x5-v0", "--designer", "eurka"], 2, "eureka"),
        (["evolve", "AlignEnv-Empty-5x5-v0", "--coder", "openai:gpt-5"], 2, "OPENAI_API_KEY"),
        (["evolve", "AlignEnv-Empty-5x5-v0", "--set", "protocol.rungs=2"], 2, "protocol.rungs"),
        (["evolve", "MountainCar-v0", "--task", "missing.toml"], 2, "missing.toml"),
        (["evolve", "AlignEnv-Empty-5x5-v0", "--resume"], 3, "study"),
        (["train", "AlignEnv-Empty-5x5-v0", "--reward", "missing.py"], 2, "missing.py"),
        (["play", "AlignEnv-Empty-5x5-v0", "--policy", "missing.npz"], 2, "missing.npz"),
    ],
)
def test_bad_input_is_one_clear_message(
    quick_alignenv: Run, arguments: list[str], code: int, words: str
) -> None:
    run = quick_alignenv(*arguments, "--json")
    error = run.document["error"]
    assert run.code == code, run.err
    assert words in error["message"] + error["cure"]
    assert "Traceback" not in run.err


def test_a_refused_program_is_a_negative_verdict(alignenv: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(
        "import os\ndef reward(prev, action, state):\n    return os.x\n"
    )
    run = alignenv("train", "AlignEnv-Empty-5x5-v0", "--reward", "bad.py", "--json")
    assert run.code == 1
    assert run.document["error"]["kind"] == "ProgramError"


def test_a_second_search_does_not_overwrite_the_first(quick_alignenv: Run, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "mine.txt").write_text("keep")
    run = quick_alignenv("evolve", "AlignEnv-Empty-5x5-v0", "--out", tmp_path / "s", "--json")
    assert run.code == 3
    assert (tmp_path / "s" / "mine.txt").read_text() == "keep"


def test_doctor(alignenv: Run) -> None:
    run = alignenv("doctor", "--json")
    found = run.document
    assert found["ok"] == (run.code == 0)
    assert found["tier"] in ("kernel", "seatbelt", "syscall", "process")
    assert all({"name", "ok", "detail", "cure"} <= check.keys() for check in found["checks"])
    assert "training" in [check["name"] for check in found["checks"]]
