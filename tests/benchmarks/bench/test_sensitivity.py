"""Rows trained by another algorithm: cells of their own, and the table of what it changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from alignenv.benchmarks.bench.cells import cells_of, ground_of
from alignenv.benchmarks.bench.plan import plan_suite
from alignenv.benchmarks.bench.records import RecordStore
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sensitivity import Trained, verdict
from alignenv.benchmarks.bench.suite import BenchSuite, load_suite, parse_suite
from alignenv.benchmarks.bench.tables import make_tables
from alignenv.cli.main import app
from alignenv.errors import ConfigError, UnknownName

TEXT = """
about = "Two algorithms."
tasks = ["AlignEnv-Empty-5x5-v0", "AlignEnv-ArmReach-v0"]
rows = ["sparse", "human", "human@DQN", "sparse@DQN", "human@SAC"]

[protocol]
env_steps = 4096
fixed_seeds = 3
audit_episodes = 5
"""
ROOM = "AlignEnv-Empty-5x5-v0"


@pytest.fixture
def two() -> BenchSuite:
    return parse_suite("two", TEXT)


def test_a_cell_names_its_algorithm_only_where_it_is_another_one(two: BenchSuite) -> None:
    """PPO's settings are those that records had before there was another algorithm."""
    told = {cell.row: cell.settings for cell in cells_of(two) if cell.task == ROOM}
    assert set(told["human"]["preset"]) == {
        "obs", "total_timesteps", "n_envs", "n_steps", "batch_size", "n_epochs", "learning_rate",
        "gamma", "gae_lambda", "ent_coef", "net_arch", "activation",
    }  # fmt: skip
    assert told["human@DQN"]["preset"]["algorithm"] == "DQN"
    assert {key: told["human"][key] for key in told["human"] if key != "preset"} == {
        key: told["human@DQN"][key] for key in told["human"] if key != "preset"
    }
    alone = two.model_copy(update={"rows": ("sparse", "human")})
    ids = {cell.id for cell in cells_of(two)}
    assert {cell.id for cell in cells_of(alone)} < ids
    assert len(ids) == len(cells_of(two))


def test_rows_have_cells_where_their_algorithm_can_choose_the_actions(two: BenchSuite) -> None:
    rows = {(cell.task, cell.row) for cell in cells_of(two) if "@" in cell.row}
    assert rows == {
        (ROOM, "human@DQN"),
        (ROOM, "sparse@DQN"),
        ("AlignEnv-ArmReach-v0", "human@SAC"),
    }
    assert ground_of(ROOM, two.protocol, "DQN").preset.algorithm == "DQN"


@pytest.mark.parametrize(
    ("name", "error", "told"),
    [
        ("human@DNQ", UnknownName, "human@DQN"),
        ("oracle@DQN", ConfigError, "no other algorithm"),
        ("racing@SAC", ConfigError, "in pieces"),
    ],
)
def test_wrong_rows_are_told_so(name: str, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        find_row(name)


def test_a_search_past_a_rung_needs_ppo(two: BenchSuite) -> None:
    raced = two.model_copy(update={"rows": ("eureka[symbolic]@DQN",), "tasks": (ROOM,)})
    with pytest.raises(ConfigError, match="lose its replay buffer"):
        cells_of(raced)
    whole = raced.protocol.model_copy(update={"rung": (1.0,)})
    cells = cells_of(raced.model_copy(update={"protocol": whole}))
    assert {cell.settings["preset"]["algorithm"] for cell in cells} == {"DQN"}


def test_settings_of_ppo_are_no_settings_of_another_algorithm(two: BenchSuite) -> None:
    protocol = two.protocol.model_copy(update={"preset": {"n_steps": 32}})
    with pytest.raises(ConfigError, match="n_steps"):
        cells_of(two.model_copy(update={"protocol": protocol}))


def trained(**success: float) -> Trained:
    return Trained(
        task="T", algorithm="A", success={name: np.array([s]) for name, s in success.items()}
    )


@pytest.mark.parametrize(
    ("other", "order", "told"),
    [
        ({"sparse": 0.5, "human": 0.7, "hackable": 0.6}, "human > hackable > sparse", "yes"),
        (
            {"sparse": 0.5, "human": 0.7, "hackable": 0.5},
            "human > sparse = hackable",
            "partly",
        ),
        ({"sparse": 0.5, "human": 0.4, "hackable": 0.5}, "sparse = hackable > human", "reversed"),
    ],
)
def test_orders_are_compared_pair_by_pair(other: dict[str, float], order: str, told: str) -> None:
    own = trained(sparse=0.0, human=1.0, hackable=0.1)
    assert own.order == "human > hackable > sparse"
    assert trained(**other).order == order
    assert verdict(own, trained(**other)) == told


def test_the_table_shows_each_algorithm_and_whether_the_order_is_kept(
    two: BenchSuite, store: RecordStore, write_records: Callable[..., None]
) -> None:
    success = {
        "sparse": lambda task, n: 0.0,
        "human": lambda task, n: [0.9, 1.0, 0.95][n],
        "sparse@DQN": lambda task, n: 0.5,
        "human@DQN": lambda task, n: 0.2,
    }
    write_records(two, store, success)
    sheet = next(s for s in make_tables(two, store).sheets if s.key == "algorithms")
    assert sheet.columns == ("task", "algorithm", "human", "sparse", "order", "order kept")
    assert sheet.rows == (
        ("Empty-5x5-v0", "PPO", "95.0 [90, 100]", "0.0 [0, 0]", "human > sparse", "-"),
        ("Empty-5x5-v0", "DQN", "20.0 [20, 20]", "50.0 [50, 50]", "sparse > human", "reversed"),
        ("ArmReach-v0", "PPO", "95.0 [90, 100]", "0.0 [0, 0]", "human > sparse", "-"),
        ("ArmReach-v0", "SAC", "-", "-", "-", "missing"),
    )
    assert "Kept 0 of 1 times, reversed 1 times" in sheet.notes[1]


def test_a_suite_of_one_algorithm_has_no_such_table(suite: BenchSuite, store: RecordStore) -> None:
    assert "algorithms" not in [sheet.key for sheet in make_tables(suite, store).sheets]


def test_the_plan_of_the_suite_knows_what_it_guesses(store: RecordStore) -> None:
    suite = load_suite("algorithms")
    plan = plan_suite(suite, store)
    assert plan.cpu_h * 60 <= 25
    assert "AlignEnv-Drawer-v0 with SAC" in plan.guessed
    per_task = {task: {c.row for c in plan.missing if c.task == task} for task in suite.tasks}
    assert all({"sparse", "human", "hackable"} <= rows for rows in per_task.values())
    assert {len([r for r in rows if "@" in r]) for rows in per_task.values()} == {3}


@pytest.mark.whole
def test_two_algorithms_are_trained_in_one_run(tmp_path: Path) -> None:
    (tmp_path / "two.toml").write_text(TEXT.replace("fixed_seeds = 3", "fixed_seeds = 1"))
    words = ["run", tmp_path / "two.toml", "--out", tmp_path, "--only", "Empty-5x5",
             "--only", "human", "--only", "human@DQN", "--workers", 1, "--quiet"]  # fmt: skip
    ran = CliRunner().invoke(app, ["bench", *map(str, words)], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    files = (tmp_path / "records" / ROOM).glob("*.json")
    records = {r["row"]: r for r in (json.loads(file.read_text()) for file in files)}
    assert set(records) == {"human", "human@DQN"}
    assert {row: r["runs"][0]["env_steps"] for row, r in records.items()} == {
        "human": 4096,
        "human@DQN": 4096,
    }
    assert all(r["runs"][0]["failure"] is None for r in records.values())
