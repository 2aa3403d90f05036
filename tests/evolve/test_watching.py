"""A search that asks a person: agents are shown, the search waits, and goes on with the answers."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from alignenv.benchmarks.settings import SearchSettings, validate_settings
from alignenv.benchmarks.summary import SearchFiles, evolve_to_files
from alignenv.benchmarks.view import SilentView
from alignenv.errors import StudyError
from alignenv.reward_design.designers.comments import PersonNeeded
from alignenv.reward_design.study import StudyReader

SECRETS = ("success", "merit", "milestone", "score", "rung", "%.", "reward(")


def settings(designer: str, **options: str) -> SearchSettings:
    values: dict[str, Any] = {
        "env": "AlignEnv-Empty-5x5-v0",
        "designer": designer,
        "designer_options": options,
        "protocol": {
            "generations": 1, "candidates": 2, "env_steps": 1024, "rung": 1, "select_episodes": 10,
            "report_seeds": 1, "report_episodes": 100,
        },
        "preset": {"n_envs": 16},
    }  # fmt: skip
    return validate_settings(values)


def search(folder: Path, what: SearchSettings, *, resume: bool = False) -> SearchFiles:
    return evolve_to_files(what, folder, SilentView(), resume=resume, n_workers=1)


def told(page: str) -> str:
    """The page without its pictures."""
    return re.sub(r"data:image/webp;base64,[A-Za-z0-9+/=]+", "data:", page)


def test_a_person_ranks_what_the_page_shows(tmp_path: Path) -> None:
    ranking = tmp_path / "ranking.txt"
    what, folder = settings("icpl", ranking=str(ranking)), tmp_path / "s"
    page = folder / "watch" / "g00.html"
    with pytest.raises(PersonNeeded, match="g00c00, g00c01") as asked:
        search(folder, what)
    assert str(page) in asked.value.cure
    assert "--resume" in asked.value.cure
    first = page.read_text(encoding="utf-8")
    text = told(first)
    assert [word for word in SECRETS if word in text.lower()] == []
    assert "Write line 1 of ranking.txt: best ID worst ID" in text
    assert len(re.findall(r'class="film f-g00c0\d"', text)) == 2
    assert not re.search(r"(src|href)=|url\((?!data:)", text), "it needs no other file"
    for name in ("g00c00", "g00c01"):
        data = (folder / "watch" / "g00" / f"{name}.webp").read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            assert getattr(image, "n_frames", 1) > 1
    ranking.write_text("best g00c01 worst g00c00\n")
    done = search(folder, what, resume=True)
    assert done.finding.best is not None
    assert done.finding.best.candidate.id == "g00c01"
    assert page.read_text(encoding="utf-8") == first
    with StudyReader.open(folder) as study:
        assert study.decisions()["g00/preferences"] == {"lines": ["best g00c01 worst g00c00"]}
    ranking.write_text("best g00c00 worst g00c01\n")
    with pytest.raises(StudyError, match="preferences"):
        search(folder, what, resume=True)


@pytest.mark.whole
def test_a_person_chooses_between_two(tmp_path: Path) -> None:
    choices = tmp_path / "choices.txt"
    what, folder = settings("revolve", choices=str(choices)), tmp_path / "s"
    with pytest.raises(PersonNeeded) as asked:
        search(folder, what)
    page = folder / "watch" / "g00.html"
    assert str(page) in asked.value.cure
    text = told(page.read_text(encoding="utf-8"))
    assert [word for word in SECRETS if word in text.lower()] == []
    assert len(re.findall(r'<section class="pair">', text)) == 1
    assert "<code>A g00c" in text
    choices.write_text("generation 0\nB g00c00 g00c01\n")
    done = search(folder, what, resume=True)
    assert done.finding.best is not None
    assert done.finding.best.candidate.id == "g00c01"
    assert done.document["facts"] == {"queries": 1}


@pytest.mark.whole
@pytest.mark.parametrize("designer", ["eureka", "text2reward"])
def test_a_person_comments_on_the_agent_that_is_shown(tmp_path: Path, designer: str) -> None:
    words = tmp_path / "words.txt"
    what, folder = settings(designer, comments=str(words)), tmp_path / "s"
    page = folder / "watch" / "g00.html"
    with pytest.raises(PersonNeeded, match="says nothing about generation 0") as asked:
        search(folder, what)
    assert str(page) in asked.value.cure
    text = told(page.read_text(encoding="utf-8"))
    assert "what do you say of it?" in text
    assert [word for word in SECRETS if word in text.lower()] == []
    assert len(re.findall(r'class="film f-g00c0\d"', text)) == 1
    words.write_text("It turns too often.\n=====\n")
    search(folder, what, resume=True)
    with StudyReader.open(folder) as study:
        assert study.decisions()["g00/preferences"] == {"lines": ["It turns too often."]}


def test_nobody_is_shown_anything_where_success_judges(tmp_path: Path) -> None:
    search(tmp_path / "s", settings("icpl"))
    assert not (tmp_path / "s" / "watch").exists()
