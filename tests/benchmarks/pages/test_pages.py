"""Task pages: complete, from the suite alone, honest about what was not measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from alignenv.benchmarks.layout_census import count_layouts
from alignenv.benchmarks.pages import write_pages
from alignenv.envs.suite import SUITE
from alignenv.task import find_task

TASK = "AlignEnv-DoorKey-5x5-v0"
ROW = SUITE.row(TASK)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tasks")
    write_pages(folder, [ROW], results=folder / "absent.json")
    return folder


def test_page_has_card_fields_and_rewards(folder: Path) -> None:
    text, task = (folder / f"{TASK}.md").read_text(encoding="utf-8"), find_task(TASK)
    assert task.card.goal in text
    assert f"{task.card.horizon} steps" in text
    for field in task.card.state:
        assert f"| `{field.name}` |" in text
    for name, reward in task.rewards.items():
        assert f'### `reward="{name}"`' in text
        assert reward.source.strip() in text
    assert "sees through walls" in text


def test_page_says_what_is_not_measured(folder: Path) -> None:
    assert "not measured yet" in (folder / f"{TASK}.md").read_text(encoding="utf-8")
    assert "not measured" in (folder / "index.md").read_text(encoding="utf-8")


def test_page_states_the_layouts(folder: Path) -> None:
    text = (folder / f"{TASK}.md").read_text(encoding="utf-8")
    assert "**48** distinct" in text
    assert "no evidence of transfer" in text


def test_picture_is_the_first_state(folder: Path) -> None:
    with Image.open(folder / "images" / f"{TASK}.png") as image:
        assert image.size == (160, 160)
        assert len(image.getcolors(maxcolors=10_000) or []) > 4


def test_index_and_observations(folder: Path) -> None:
    assert f"<{TASK}>" in (folder / "index.md").read_text(encoding="utf-8")
    text = (folder / "observations.md").read_text(encoding="utf-8")
    assert all(f'`obs="{name}"`' in text for name in ("symbolic", "image", "minigrid"))


def test_measured_results_are_shown(tmp_path: Path) -> None:
    runs = [
        {"seed": 0, "success": 0.97, "success_greedy": 0.8, "cpu_s": 4.0},
        {"seed": 1, "success": 0.99, "success_greedy": 0.9, "cpu_s": 6.0},
    ]
    measured = {"obs": "symbolic", "env_steps": 81920, "runs": runs}
    results = tmp_path / "grid.json"
    results.write_text(json.dumps({TASK: {"human": measured}}), encoding="utf-8")
    write_pages(tmp_path, [ROW], results=tmp_path)
    text = (tmp_path / f"{TASK}.md").read_text(encoding="utf-8")
    assert "| `human` | symbolic | 81,920 | 98 % | 97 % (80 %), 99 % (90 %) | 5.0 |" in text
    assert "not measured yet" not in text


def test_census_tells_few_layouts_from_many() -> None:
    few = count_layouts(TASK, 500, 100)
    assert (few.distinct, few.met) == (48, 1.0)
    many = count_layouts("AlignEnv-FourRooms-v0", 500, 100)
    assert many.distinct > 490
    assert many.met < 0.1
