"""Cells: equal settings are one cell, and no report is on seeds that a search has seen."""

from __future__ import annotations

import pytest

from alignenv.benchmarks.bench import cells
from alignenv.benchmarks.bench.cells import cells_of, ground_of, report_seeds, require_disjoint
from alignenv.benchmarks.bench.potentials import as_potential
from alignenv.benchmarks.bench.recorded import Recorded, recorded_programs
from alignenv.benchmarks.bench.suite import load_suite
from alignenv.errors import ConfigError
from alignenv.program import parse_program
from alignenv.task import find_task


def ids(suite, row):
    return [cell.id for cell in cells_of(suite) if cell.row == row]


def test_suites_that_train_alike_share_their_cells(suite):
    other = suite.model_copy(
        update={
            "name": "other",
            "rows": ("human", "sparse"),
            "protocol": suite.protocol.model_copy(update={"search_seeds": 9, "threshold": 0.5}),
        }
    )
    assert ids(other, "human") == ids(suite, "human")
    assert len(set(ids(suite, "human"))) == 12


@pytest.mark.parametrize("change", [{"env_steps": 2048}, {"seed": 1}, {"episodes": 200}])
def test_what_decides_a_result_is_in_the_id(suite, change):
    other = suite.model_copy(update={"protocol": suite.protocol.model_copy(update=change)})
    assert not set(ids(other, "human")) & set(ids(suite, "human"))


def test_a_default_that_comes_later_leaves_cells_as_they_are(suite):
    settings = next(c.settings for c in cells_of(suite) if c.row == "eureka[symbolic]")
    assert "curriculum" not in settings["search"]
    assert settings["search"]["candidates"] == 2
    assert settings["preset"]["n_envs"] == 16


def test_equal_steps_are_all_steps_of_a_search_and_its_winner():
    suite = load_suite("standard").only(["DoorKey-8x8", "sparse-equal-steps", "eureka[symbolic]"])
    steps = {cell.row: cell.settings for cell in cells_of(suite)}
    full = steps["eureka[symbolic]"]["env_steps"]
    search = steps["eureka[symbolic]"]["most_env_steps"] - 2 * full
    rung = ground_of("AlignEnv-DoorKey-8x8-v0", suite.protocol).preset.whole_rollouts(full / 8)
    assert full / 16 < rung < full / 4
    assert search == 24 * rung + 6 * (full - rung)
    assert steps["sparse-equal-steps"]["env_steps"] == search + full


def test_every_row_reports_on_the_same_seeds_and_on_none_of_a_search(suite):
    ground = ground_of("AlignEnv-Empty-5x5-v0", suite.protocol)
    first, again, other = (report_seeds(ground, number) for number in (0, 0, 1))
    assert first == again
    assert first.train != other.train
    assert first.episodes != other.episodes
    with pytest.raises(ConfigError, match="seeds of their own"):
        require_disjoint([1, 2, 3], [3, 4])


def test_a_report_on_a_seed_that_a_search_selects_on_is_refused(suite, monkeypatch):
    """The check is made by whoever draws the seeds of a report, and not left to be called."""
    ground = ground_of("AlignEnv-Empty-5x5-v0", suite.protocol)
    (clash,) = report_seeds(ground, 0).episodes[:1]
    drawn = cells.episode_seeds

    def selects_on_it(root, domain, n, *path):
        told = drawn(root, domain, n, *path)
        is_last = root == cells.search_seed(ground, suite.protocol.search_seeds - 1)
        return [*told[1:], clash] if domain == "select" and is_last else told

    monkeypatch.setattr(cells, "episode_seeds", selects_on_it)
    with pytest.raises(ConfigError, match=f"such as seed {clash}"):
        report_seeds(ground, 0)


def test_winners_and_fixed_rewards_share_training_numbers(suite):
    numbers = [n for c in cells_of(suite) if c.row == "eureka[symbolic]" for n in c.replicates]
    assert numbers[:6] == [0, 1, 2, 3, 4, 5]


def test_rows_that_a_task_has_nothing_for_have_no_cells():
    suite = load_suite("standard").only(["BoatRace", "human-potential", "llm-zero-shot", "human"])
    assert {cell.row for cell in cells_of(suite)} == {"human"}


def test_potential_of_a_reward_is_the_sum_of_its_differences():
    source = (
        "K = 2.0\n"
        "def stage(s):\n    return s.a\n"
        "def reward(prev, action, state):\n"
        "    up = 0.5 * (stage(state) - stage(prev))\n"
        "    down = (prev.b - state.b) / K\n"
        "    at = 1.0 if state.a > 3 else 0.0\n"
        "    other = state.a - prev.b\n"
        "    local = at * (state.b - prev.b)\n"
        "    return up + down + at, {}\n"
    )
    program = as_potential(source)
    assert "return 0.5 * stage(state) + -state.b / K" in program
    assert "def reward" not in program
    assert as_potential("def reward(prev, action, state):\n    return 1.0\n") is None


@pytest.mark.parametrize("task_id", load_suite("standard").tasks)
def test_potentials_of_human_rewards_are_programs(task_id):
    task = find_task(task_id)
    source = as_potential(task.reward("human").source)
    assert (source is None) == (task_id == "AlignEnv-BoatRace-v0")
    if source:
        assert parse_program(source, task.card.state, task.card.action).kind == "potential"


def test_recorded_programs_are_for_tasks_with_the_fields_of_their_card():
    for task_id, n in (
        ("AlignEnv-DoorKey-8x8-v0", 7),
        ("AlignEnv-MultiRoom-N6-v0", 7),
        ("AlignEnv-LavaCrossingS9N2-v0", 7),
        ("AlignEnv-KeyCorridorS3R3-v0", 0),
        ("AlignEnv-Empty-5x5-v0", 0),
    ):
        assert len(recorded_programs(find_task(task_id))) == n
    programs = recorded_programs(find_task("AlignEnv-DoorKey-8x8-v0"))
    designer = Recorded(programs)
    asked = [*designer.ask(5), *designer.ask(5)]
    assert [c.source for c in asked] == [program.source for program in programs]
    assert len({c.id for c in asked}) == 7
