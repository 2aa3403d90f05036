"""Documents: links lead somewhere, commands exist, the site builds without a warning."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alignenv.benchmarks.pages import write_pages
from alignenv.cli.main import app
from alignenv.envs.suite import SUITE

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("0*.md"))
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(DOCS.glob("*.md")),
    *DECISIONS,
]
TEXTS = {page: page.read_text(encoding="utf-8") for page in PAGES}


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def commands(text: str) -> list[list[str]]:
    """`alignenv ...` lines of the shell blocks, split as a shell does."""
    found = re.findall(r"^```(?:shell|bash|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = "\n".join(found).replace("\\\n", " ").splitlines()
    bare = [line.strip().removeprefix("$ ") for line in lines]
    return [shlex.split(line, comments=True) for line in bare if line.startswith("alignenv ")]


@cache
def help_text(*command: str) -> str:
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})
    assert result.exit_code == 0, f"alignenv {' '.join(command)} --help: {result.output}"
    return result.output


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_exist(page: Path) -> None:
    for _, *words in commands(TEXTS[page]):
        if words[0].startswith("-"):
            continue
        path = words[:2] if words[0] in ("bench", "envs", "study") else words[:1]
        offered = help_text(*path)
        for option in (word.partition("=")[0] for word in words if word.startswith("--")):
            assert re.search(rf"{option}\b", offered), f"{' '.join(path)} has no {option}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", TEXTS[page]):
        is_generated = target.startswith(("tasks/", "docs/tasks/"))
        if "://" not in target and not is_generated:
            assert (page.parent / target).exists(), f"{name(page)} links to {target}"


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_decision_says_why_and_when_to_revisit(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", TEXTS[page], re.MULTILINE)
    assert headings == ["Context", "Choice", "Why", "Rejected", "When to revisit"]
    assert TEXTS[page].startswith(f"# {page.stem[:4]} ")


def test_every_dependency_has_a_decision() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"], *extras["docs"], *extras["dev"], *extras["box2d"]]
    reasons = "\n".join(TEXTS[page] for page in DECISIONS).lower()
    for requirement in needed:
        package = re.split(r"[\[<>=]", requirement)[0]
        assert package in reasons, f"no decision page names {package}"


@pytest.mark.whole
@pytest.mark.timeout(180)
def test_site_builds_without_a_warning(tmp_path: Path) -> None:
    source = tmp_path / "docs"
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("_build", "tasks"))
    write_pages(source / "tasks", [SUITE.row("AlignEnv-DoorKey-5x5-v0")])
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    run = subprocess.run(
        [*command, str(source), str(tmp_path / "html")], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "html" / "tasks" / "AlignEnv-DoorKey-5x5-v0.html").exists()
