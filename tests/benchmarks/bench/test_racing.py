"""Races told after the fact: closed forms of cost, and who is chosen."""

from __future__ import annotations

import numpy as np
import pytest

from alignenv.benchmarks.bench.cells import cells_of
from alignenv.benchmarks.bench.page import render_page
from alignenv.benchmarks.bench.racing import RUNGS, SCHEDULES, race, racing_sheet
from alignenv.benchmarks.bench.suite import load_suite, parse_suite
from alignenv.benchmarks.bench.tables import make_tables

BY_NAME = {schedule.name: schedule for schedule in SCHEDULES}


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("full training", 1.0),
        ("half after 1/2", (16 / 2 + 8 / 2) / 16),
        ("quarter after 1/8", (16 / 8 + 4 * 7 / 8) / 16),
        ("halving at 1/8, 1/4, 1/2", (16 / 8 + 8 / 8 + 4 / 4 + 2 / 2) / 16),
    ],
)
def test_a_race_costs_what_is_trained(name: str, share: float) -> None:
    scores = np.random.default_rng(0).random((16, len(RUNGS)))
    assert race(scores, BY_NAME[name]).share == pytest.approx(share)


def test_a_late_starter_wins_in_full_and_is_stopped_by_a_race() -> None:
    scores = np.array([[0.5, 0.5, 0.5, 0.5], [0.4, 0.4, 0.6, 0.6], [0, 0, 0, 0.9], [0, 0, 0, 0.1]])
    chosen = {name: race(scores, schedule).chosen for name, schedule in BY_NAME.items()}
    assert chosen["full training"] == 2
    assert chosen["half after 1/2"] == 1
    assert chosen["quarter after 1/4"] == 0
    assert chosen["halving at 1/8, 1/4, 1/2"] == 0


def test_ties_go_to_the_first_and_one_always_stays() -> None:
    assert race(np.zeros((3, 4)), BY_NAME["quarter after 1/8"]).chosen == 0
    alone = race(np.zeros((1, 4)), BY_NAME["halving at 1/8, 1/4, 1/2"])
    assert alone == (0, 1.0)


def record(*scores: list[float], report: list[float]) -> dict:
    names = [f"p{i}" for i in range(len(scores))]
    rows = [[[score, 0.0] for score in row] for row in scores]
    programs = [{"name": n, "scores": row} for n, row in zip(names, rows, strict=True)]
    told = dict(zip(names, report, strict=True))
    return {"racing": {"rungs": list(RUNGS), "programs": programs, "report": told}}


def test_loss_is_on_episodes_that_no_race_has_seen() -> None:
    kept = record([0.9] * 4, [0.1] * 4, report=[0.8, 0.3])
    late = record([0.1, 0.1, 0.1, 0.9], [0.5] * 4, report=[0.8, 0.4])
    rows = {row[0]: row for row in racing_sheet([kept, late], 3, 0).rows}
    assert rows["full training"][1:] == ("100%", "1.0x", "80.0%", "-", "100%")
    half = rows["half after 1/2"]
    assert half[3] == "60.0%"
    assert half[4].startswith("+20.0 [+0.0, +40.0]")
    assert half[5] == "50%"
    assert "1 races have no record" in racing_sheet([kept, late], 3, 0).notes[1]


def test_a_program_that_failed_never_wins() -> None:
    failed = record([0.2] * 4, report=[0.2])
    failed["racing"]["programs"].insert(0, {"name": "broken", "scores": []})
    row = racing_sheet([failed], 1, 0).rows[1]
    assert row[3] == "20.0%"


def test_the_suite_trains_the_same_programs_in_every_race(store) -> None:
    suite = load_suite("racing").only(["DoorKey-8x8"])
    cells = cells_of(suite)
    assert [len(cell.settings["programs"]) for cell in cells] == [16, 16]
    assert len({cell.id for cell in cells}) == 2
    html = render_page(make_tables(suite, store))
    assert "What racing saves and loses" in html
    assert "missing" in html


@pytest.mark.whole
def test_a_race_is_run_and_recorded(tmp_path) -> None:
    from alignenv.benchmarks.bench.records import RecordStore
    from alignenv.benchmarks.bench.run import RunOptions, run_suite
    from alignenv.benchmarks.view import SilentView

    suite = parse_suite(
        "race",
        'about = "a"\ntasks = ["AlignEnv-Empty-5x5-v0"]\nrows = ["racing"]\n[protocol]\n'
        "env_steps = 4096\ncandidates = 2\nsearch_seeds = 1\nselect_episodes = 10\n"
        "preset = { n_envs = 16, n_steps = 32, batch_size = 128, n_epochs = 1 }\n",
    )
    store = RecordStore(tmp_path)
    (cell,) = run_suite(suite, store, SilentView(), RunOptions(n_workers=1))
    found = store.find(cell)
    assert found["racing"]["steps"] == [512, 1024, 2048, 4096]
    assert [len(one["scores"]) for one in found["racing"]["programs"]] == [4, 4]
    assert set(found["racing"]["report"]) == {"p00", "p01"}
    assert found["cost"]["env_steps"] == 2 * 4096
    sheet = make_tables(suite, store).sheets[-1]
    assert sheet.rows[0][:3] == ("full training", "100%", "1.0x")
