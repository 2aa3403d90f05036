"""The page on designers names every designer, and every option with its default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alignenv.reward_design.designers.catalogue import ALIASES, known_designers, options_of

PAGE = (Path(__file__).parents[2] / "docs" / "designers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", known_designers())
def test_every_designer_is_on_the_page(name: str) -> None:
    assert f"`{name}" in PAGE


@pytest.mark.parametrize("name", sorted(set(known_designers()) - set(ALIASES)))
def test_every_option_is_on_the_page_with_its_default(name: str) -> None:
    heading = f"## {name}\n" if f"## {name}\n" in PAGE else "## Controls\n"
    section = PAGE.partition(heading)[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", section, re.MULTILINE))
    options = options_of(name)
    if name != "best-of-n":
        assert set(rows) == set(options)
    for option, (default, _) in options.items():
        shown = {"": "none", "None": "none", "False": "false", "1.0": "1"}
        if default != "required":
            assert rows[option] == shown.get(str(default), str(default))
