"""A whole suite, run as users run it: every kind of row, in parts, and killed on the way."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alignenv.cli.main import app

SUITE = """
about = "All kinds of rows, as small as can be."
tasks = ["AlignEnv-DoorKey-5x5-v0"]
rows = ["random", "sparse", "sparse+rnd", "human", "eureka[symbolic]", "llm-zero-shot", "oracle"]

[protocol]
env_steps = 1024
candidates = 2
generations = 1
rung = 0.5
select_episodes = 10
search_seeds = 1
report_seeds = 1
fixed_seeds = 1
audit_episodes = 5
preset = { n_envs = 16, n_steps = 32, batch_size = 128, n_epochs = 1 }
"""


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("suite") / "tiny.toml"
    path.write_text(SUITE)
    return path


def start(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "alignenv", "bench", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )


def bench(*words: str | Path) -> str:
    """Run the command in this process, which has imported everything already."""
    result = CliRunner().invoke(app, ["bench", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def records(folder: Path) -> dict[str, dict]:
    """What another run would find too, by file name."""
    files = sorted((folder / "records").rglob("*.json"))
    found = {file.name: json.loads(file.read_text()) for file in files}
    return {
        name: {key: value for key, value in record.items() if key != "volatile"}
        for name, record in found.items()
    }


@pytest.fixture(scope="module")
def undisturbed(suite: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("undisturbed")
    bench("run", suite, "--out", folder, "--quiet", "--workers", "2")
    return folder


def test_every_kind_of_row_leaves_a_record(suite: Path, undisturbed: Path) -> None:
    found = {record["row"]: record for record in records(undisturbed).values()}
    assert len(found) == 7
    assert found["oracle"]["runs"][0]["success"] == 1.0
    for name in ("sparse", "sparse+rnd", "human", "eureka[symbolic]", "llm-zero-shot"):
        run = found[name]["runs"][0]
        assert run["failure"] is None
        assert run["env_steps"] == 1024
        assert run["n_episodes"] == 100
        assert set(run["returns"]) == {"policy", "random", "oracle"}
        assert run["curve"][-1][0] == 1024
    assert len(found["llm-zero-shot"]["search"]["candidates"]) == 7
    outcomes = [c["outcome"] for c in found["eureka[symbolic]"]["search"]["candidates"]]
    assert sorted(outcomes) == ["fully trained", "stopped at rung 0"]
    assert found["eureka[symbolic]"]["cost"]["env_steps"] == 2 * 512 + 512 + 1024
    assert not list((undisturbed / "work").iterdir())


def test_a_finished_suite_runs_nothing_again(suite: Path, undisturbed: Path) -> None:
    before = {f: f.stat().st_mtime_ns for f in (undisturbed / "records").rglob("*.json")}
    plan = json.loads(bench("run", suite, "--out", undisturbed, "--plan", "--json"))
    assert plan["missing"] == []
    document = json.loads(bench("run", suite, "--out", undisturbed, "--quiet", "--json"))
    assert {row["name"]: row["n_missing"] for row in document["rows"]}["human"] == 0
    after = {f: f.stat().st_mtime_ns for f in (undisturbed / "records").rglob("*.json")}
    assert before == after


def test_films_show_the_agents_of_the_records(suite: Path, undisturbed: Path) -> None:
    """Trained again from its record, each agent scores what the record says; once is enough."""
    words = ("report", suite, "--out", undisturbed, "--quiet", "--videos")
    page = Path(bench(*words, "--workers", "2").strip()).read_text(encoding="utf-8")
    assert page.count('<figure class="film">') == 2
    assert "came out otherwise" not in page
    facts = sorted((undisturbed / "films").glob("*.json"))
    assert len(facts) == len(list((undisturbed / "films").glob("*.webp"))) == 2
    before = [path.stat().st_mtime_ns for path in facts]
    assert Path(bench(*words).strip()).read_text(encoding="utf-8") == page
    assert [path.stat().st_mtime_ns for path in facts] == before


@pytest.mark.kill
@pytest.mark.parametrize("seconds", [6.0, 11.0, 16.0, 22.0])
def test_kills_at_any_moment_change_nothing(
    suite: Path, undisturbed: Path, tmp_path: Path, seconds: float
) -> None:
    """Killed with one worker, over and over, then finished with two."""
    words = ("run", suite, "--out", tmp_path, "--quiet")
    for _ in range(3):
        process = start(*words, "--workers", "1")
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
    bench(*words, "--workers", "2")
    assert records(tmp_path) == records(undisturbed)
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_part_may_be_run_first(suite: Path, undisturbed: Path, tmp_path: Path) -> None:
    bench("run", suite, "--out", tmp_path, "--quiet", "--only", "human")
    found = records(tmp_path)
    assert {record["row"] for record in found.values()} == {"human"}
    assert found.items() <= records(undisturbed).items()
    plan = json.loads(bench("run", suite, "--out", tmp_path, "--plan", "--json"))
    assert {cell["row"] for cell in plan["missing"]} == {
        "random", "sparse", "sparse+rnd", "eureka[symbolic]", "llm-zero-shot", "oracle",
    }  # fmt: skip
    text = bench("table", suite, "--out", tmp_path, "--format", "md")
    assert "| eureka[symbolic] | 0 of 1 | missing |" in text


PROGRAM = "def reward(prev, action, state):\n    return -0.01 * state.path_to_goal\n"


@pytest.mark.whole
def test_a_models_row_is_run_again_from_its_replies(tmp_path: Path) -> None:
    """The second run has no model: the replies that the first one kept are enough."""
    script = tmp_path / "replies.json"
    script.write_text(json.dumps([f"```python\n{PROGRAM}```", "no program here"]))
    suite = tmp_path / "model.toml"
    text = SUITE.replace('"AlignEnv-DoorKey-5x5-v0"', '"AlignEnv-Empty-5x5-v0"')
    rows = 'rows = ["random", "oracle"]\ndesigners = ["best-of-n"]\n'
    suite.write_text(re.sub(r"rows = .*\n", rows, text))
    model = f"scripted:{script}"
    bench(
        "run",
        suite,
        "--out",
        tmp_path / "a",
        "--quiet",
        "--llm",
        model,
        "--only",
        f"best-of-n[{model}]",
    )
    first = records(tmp_path / "a")
    (record,) = first.values()
    assert [c["valid"] for c in record["search"]["candidates"]] == [True, False]
    assert record["cost"]["calls"] == 2
    replies = tmp_path / "a" / "replies"
    assert len(list(replies.rglob("*.jsonl"))) == 1
    script.write_text("[]")
    replies.rename(tmp_path / "b-replies")
    (tmp_path / "b").mkdir()
    (tmp_path / "b-replies").rename(tmp_path / "b" / "replies")
    bench("run", suite, "--out", tmp_path / "b", "--quiet", "--only", f"best-of-n[{model}]")
    again = records(tmp_path / "b")
    costs = [found.pop("cost") for found in (*first.values(), *again.values())]
    assert first == again
    assert costs[0]["env_steps"] == costs[1]["env_steps"]


@pytest.mark.whole
def test_other_layouts_are_scored_where_a_suite_splits_them(tmp_path: Path) -> None:
    suite = tmp_path / "split.toml"
    text = SUITE.replace('"AlignEnv-DoorKey-5x5-v0"', '"AlignEnv-DoorKey-8x8-v0"')
    suite.write_text(text.replace("[protocol]\n", '[protocol]\nsplit = "train"\n'))
    bench("run", suite, "--out", tmp_path, "--quiet", "--only", "human", "--only", "oracle")
    found = {record["row"]: record["runs"][0] for record in records(tmp_path).values()}
    assert 0 <= found["human"]["success_met"] <= 1
    assert 0 <= found["human"]["success_there"] <= 1
    assert found["human"]["env_steps"] == found["human"]["env_steps_there"] == 1024
    assert set(found["human"]["returns"]) == {"policy", "random", "oracle"}
    assert found["human"]["returns"]["oracle"] > found["human"]["returns"]["random"]
    assert found["oracle"]["success"] == 1.0
