"""The package map is complete, layers point one way, imports are light, doctests run."""

from __future__ import annotations

import ast
import doctest
import importlib
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
FOLDERS: dict[str, str] = CONFIG["package-dir"]
SIBLINGS = {"alignenv.envs", "alignenv.agents", "alignenv.reward_design"}
ALLOWED = {
    "core": {"alignenv"},
    "envs": {"alignenv", "alignenv.envs"},
    "agents": {"alignenv", "alignenv.agents"},
    "reward_design": {"alignenv", "alignenv.reward_design"},
    "benchmarks": {"alignenv", *SIBLINGS, "alignenv.benchmarks"},
    "cli": {"alignenv", *SIBLINGS, "alignenv.benchmarks", "alignenv.cli"},
}


def modules() -> Iterator[tuple[str, str, Path]]:
    for package, folder in FOLDERS.items():
        for file in sorted((ROOT / folder).rglob("*.py")):
            relative = file.relative_to(ROOT / folder).with_suffix("")
            is_data = any(part in ("rewards", "data") for part in relative.parts)
            if not is_data and relative.name != "__main__":
                parts = [part for part in relative.parts if part != "__init__"]
                yield folder, ".".join([package, *parts]), file


def imported_names(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


CASES = [pytest.param(*module, id=module[1]) for module in modules()]


def test_every_package_on_disk_is_listed() -> None:
    on_disk = {name for _, name, file in modules() if file.name == "__init__.py"}
    assert on_disk == set(CONFIG["packages"])


@pytest.mark.parametrize(("folder", "name", "file"), CASES)
def test_imports_respect_layers(folder: str, name: str, file: Path) -> None:
    if name == "alignenv":
        return  # the facade registers the suite: the one module that may look upwards
    layers = [package for package in FOLDERS if package != "alignenv"]
    for target in imported_names(file):
        assert target.split(".")[0] not in FOLDERS.values(), f"{name} imports {target}"
        if target.startswith("alignenv."):
            layer = next(
                (p for p in layers if target == p or target.startswith(p + ".")), "alignenv"
            )
            assert layer in ALLOWED[folder], f"{name} ({folder}) may not import {target}"


@pytest.mark.parametrize(("folder", "name", "file"), CASES)
def test_doctests(folder: str, name: str, file: Path) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def loaded_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import alignenv",
        "from alignenv.cli.main import app",
        "import alignenv.reward_design.sandbox",
    ],
)
def test_imports_nothing_heavy(statement: str) -> None:
    heavy = {"torch", "numba", "stable_baselines3", "openai", "sqlalchemy", "matplotlib"}
    assert heavy & loaded_after(statement) == set()
