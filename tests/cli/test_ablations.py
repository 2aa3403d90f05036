"""Every ablation of the page is one flag away, and the flag means what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alignenv.benchmarks import summary
from alignenv.benchmarks.settings import SearchSettings
from alignenv.cli.main import app
from alignenv.reward_design.designers.catalogue import plan_designer

PAGE = (Path(__file__).parents[2] / "docs" / "designers.md").read_text(encoding="utf-8")
MEANING: dict[str, tuple[str, Any]] = {
    "--reflection nothing": ("designer_options", {"reflection": "nothing"}),
    "--reflection metrics": ("designer_options", {"reflection": "metrics"}),
    "--critic none": ("critic", "none"),
    "--critic rules": ("critic", "rules"),
    "--analyst none": ("analyst", "none"),
    "--analyst taxonomy": ("analyst", "taxonomy"),
    "--designer best-of-n": ("designer", "best-of-n"),
    "--dedup text": ("protocol.dedup", "text"),
    "--dedup behaviour": ("protocol.dedup", "behaviour"),
}


def test_the_page_names_these_flags() -> None:
    section = PAGE.partition("## Ablations\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    assert set(re.findall(r"`(--[a-z]+ [a-z-]+)`", "\n".join(rows))) == set(MEANING)


@pytest.mark.parametrize("flag", MEANING)
def test_each_flag_reaches_the_search(flag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[SearchSettings] = []

    class Heard(Exception):  # noqa: N818 - ends the command, no fault
        pass

    def listen(settings: SearchSettings, *rest: Any, **more: Any) -> None:
        del rest, more
        heard.append(settings)
        raise Heard

    monkeypatch.setattr(summary, "evolve_to_files", listen)
    result = CliRunner().invoke(app, ["evolve", "AlignEnv-Empty-5x5-v0", *flag.split(), "--quiet"])
    assert isinstance(result.exception, Heard), result.output
    name, value = MEANING[flag]
    found: Any = heard[0]
    for part in name.split("."):
        found = getattr(found, part)
    assert found == value
    plan_designer(heard[0].designer, heard[0].coder, heard[0].designer_options)
