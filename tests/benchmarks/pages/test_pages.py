"""Task pages: complete, from the suite alone, honest about what was not measured."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from alignenv.benchmarks import pages
from alignenv.benchmarks.layout_census import FULL, SHORT, census_size, count_layouts
from alignenv.benchmarks.pages import write_pages
from alignenv.benchmarks.task_page import Page, gather, render_page
from alignenv.context import ContextSpec, Parameter
from alignenv.envs.suite import SUITE
from alignenv.errors import ConfigError
from alignenv.task import find_task

TASK = "AlignEnv-DoorKey-5x5-v0"
ROW = SUITE.row(TASK)
HEADINGS = [
    "Description", "Action Space", "Observation Space", "Rewards", "Starting State", "Episode End",
    "State record", "Reference rewards", "Training", "References", "Arguments", "Version History",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tasks")
    write_pages(folder, [ROW], results=folder / "absent")
    return folder


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / f"{TASK}.md").read_text(encoding="utf-8")


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return gather(TASK, tmp_path)


def test_headings_are_gymnasiums_and_ours(text: str) -> None:
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS


def test_page_has_card_fields_and_rewards(text: str) -> None:
    task = find_task(TASK)
    assert task.card.goal in text
    assert f"{task.card.horizon} steps" in text
    for field in task.card.state:
        assert f"| `{field.name}` |" in text
    for name, reward in task.rewards.items():
        assert f'### `reward="{name}"`' in text
        assert reward.source.strip() in text
    assert "sees through walls" in text
    assert "| Action space | `Discrete(7)` |" in text
    assert "`MiniGrid-DoorKey-5x5-v0`, equal by seed" in text


def test_page_says_what_is_not_measured(text: str, folder: Path) -> None:
    assert "TRUE success of this preset is not measured yet" in text
    assert "Random play and the oracle are not measured yet" in text
    index = (folder / "index.md").read_text(encoding="utf-8")
    assert "| 48 | 100 % |  |  |  |  |  |" in index


def test_page_states_the_layouts(text: str) -> None:
    assert "10,000 training seeds give **48** distinct" in text
    assert "no evidence of transfer" in text
    assert re.search(r"disjoint halves of (\d+) and\s+(\d+)\.", text)


def test_picture_is_the_first_state(folder: Path) -> None:
    with Image.open(folder / "images" / f"{TASK}.png") as image:
        assert image.size == (160, 160)
        assert len(image.getcolors(maxcolors=10_000) or []) > 4


def test_index_and_observations(folder: Path) -> None:
    index = (folder / "index.md").read_text(encoding="utf-8")
    assert f"<{TASK}>" in index
    assert "## Grid\n\nThe grid family:" in index
    text = (folder / "observations.md").read_text(encoding="utf-8")
    assert all(f'`obs="{name}"`' in text for name in ("symbolic", "image", "minigrid"))


def test_measured_results_are_shown(tmp_path: Path) -> None:
    runs = [
        {"seed": 0, "success": 0.97, "success_greedy": 0.8, "cpu_s": 4.0},
        {"seed": 1, "success": 0.99, "success_greedy": 0.9, "cpu_s": 6.0},
    ]
    measured = {"obs": "symbolic", "env_steps": 81920, "runs": runs, "success": 0.98}
    random = {"success": 0.01, "interval": [0.005, 0.018], "mean_length": 98.6}
    players = {"random": {**random, "settings": {"episodes": 1000}}}
    for part, document in (("presets", {"human": measured}), ("references", players)):
        (tmp_path / part).mkdir()
        (tmp_path / part / "grid.json").write_text(json.dumps({TASK: document}))
    page = gather(TASK, tmp_path)
    text = render_page(page)
    assert "| `human` | symbolic | 81,920 | 98 % | 97 % (80 %), 99 % (90 %) | 5.0 |" in text
    assert "| random | 1.0 % | 0.5 to 1.8 % | 99 | 1,000 |" in text
    assert "not measured yet" not in text
    assert page.rates == {
        "random": 0.01,
        "oracle": None,
        "sparse": None,
        "novelty": None,
        "programs": None,
        "human": 0.98,
        "hackable": None,
    }


def test_context_parameters_are_a_table(page: Page) -> None:
    assert "no context parameters" in render_page(page)
    mass = Parameter(name="mass", low=0.5, high=2, default=1, unit="kg", meaning="of the puck")
    task = replace(page.task, context=ContextSpec((mass,)), about="Older than *time*.")
    text = render_page(replace(page, task=task))
    assert "| `mass` | 0.5 to 2 | 1 | kg | of the puck |" in text
    assert "Older than *time*." in text


def test_what_is_said_of_grids_is_said_of_no_other_family(page: Page) -> None:
    task = replace(page.task, family="other")
    text = render_page(replace(page, task=task, row=replace(page.row, family="other", origin="")))
    for word in ("MiniGrid", "privileges", "minigrid", "Rules and layouts of"):
        assert word not in text.replace(task.card.observes, "")
    assert "- v0: first version." in text


def test_hidden_facts_are_named_as_such(page: Page) -> None:
    secret = "facts that neither the agent nor a reward program can see"
    assert secret not in render_page(page)
    assert secret in render_page(replace(page, task=replace(page.task, has_truth=True)))


def test_an_env_that_draws_nothing_has_a_page_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(task_id: str) -> None:
        raise ConfigError("No OpenGL here.", cure="Set MUJOCO_GL.")

    monkeypatch.setattr(pages, "picture", refuse)
    monkeypatch.setattr(pages, "count_layouts", refuse)
    write_pages(tmp_path, [ROW], results=tmp_path)
    text = (tmp_path / f"{TASK}.md").read_text(encoding="utf-8")
    assert "No picture: No OpenGL here." in text
    assert "Layouts were not counted: No OpenGL here." in text
    assert "{image}" not in text
    assert "| symbolic |  |  |" in (tmp_path / "index.md").read_text(encoding="utf-8")


def test_census_tells_few_layouts_from_many() -> None:
    few = count_layouts(TASK, 500, 100)
    assert (few.distinct, few.met, sum(few.halves)) == (48, 1.0, 48)
    many = count_layouts("AlignEnv-FourRooms-v0", 500, 100)
    assert many.distinct > 490
    assert many.met < 0.1
    assert abs(many.halves[0] - many.halves[1]) < 100


def test_slow_families_draw_fewer_layouts() -> None:
    assert (census_size("grid"), census_size("another")) == (FULL, SHORT)


def test_one_layout_cannot_be_halved(page: Page) -> None:
    census = count_layouts("AlignEnv-Empty-5x5-v0", 20, 10)
    assert sorted(census.halves) == [0, 1]
    assert "too few to be cut" in render_page(replace(page, census=census))
