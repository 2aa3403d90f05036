"""Machine code is kept where it should be, and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from alignenv.envs.compiled.jit import cache_key, user_cache

SCRIPT = """
{first}
import json, os, sys
from alignenv.envs.compiled import jit
import numba
from alignenv.envs.grid.layouts import doorkey
from alignenv.envs.compiled.memory import pack
from alignenv.envs.grid.world import build_geometry, build_world
from alignenv.envs.suite import SUITE
geometry = build_geometry(SUITE.row("AlignEnv-DoorKey-8x8-v0").world, [])
world = build_world(1, geometry)
world.fresh[0] = world.streams[0, 0] = True
doorkey.begin(pack((geometry, world)))
value = int(world.agents["home"][0])
folder = jit.CACHE_FOLDER
print(json.dumps({{
    "value": value,
    "folder": folder and str(folder),
    "numba": numba.config.CACHE_DIR,
    "svml": numba.config.DISABLE_INTEL_SVML,
    "kept": len(list(folder.rglob("*.nbi"))) if folder else 0,
}}))
"""


def run(first: str = "", **environment: str) -> dict[str, Any]:
    """What a fresh process with these variables finds."""
    dropped = ("NUMBA_CACHE_DIR", "NUMBA_DISABLE_INTEL_SVML", "XDG_CACHE_HOME", "LOCALAPPDATA")
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    command = [sys.executable, "-W", "error", "-c", SCRIPT.format(first=first)]
    done = subprocess.run(
        command, env={**kept, **environment}, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("first", ["", "import numba"], ids=["before", "after"])
def test_the_cache_is_the_users(first: str, tmp_path: Path) -> None:
    found = run(first, XDG_CACHE_HOME=str(tmp_path))
    assert found["folder"] == str(tmp_path / "alignenv" / "numba" / cache_key())
    assert found["numba"] == found["folder"]
    assert found["kept"] > 0
    assert found["svml"]
    assert Path(found["folder"]).stat().st_mode & 0o077 == 0
    assert found["value"] > 0
    assert run(first, XDG_CACHE_HOME=str(tmp_path))["value"] == found["value"]


def test_a_chosen_folder_is_respected(tmp_path: Path) -> None:
    found = run(NUMBA_CACHE_DIR=str(tmp_path / "mine"))
    assert found["folder"] == str(tmp_path / "mine")
    assert found["kept"] > 0


@pytest.mark.parametrize("variable", ["XDG_CACHE_HOME", "NUMBA_CACHE_DIR"])
def test_without_a_writable_folder_nothing_is_kept(variable: str, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    sources = Path(sys.modules[cache_key.__module__].__file__ or "").parent
    before = set(sources.rglob("*.nbi"))
    found = run(**{variable: str(blocked / "cache")})
    assert found["folder"] is None
    assert found["kept"] == 0
    assert set(sources.rglob("*.nbi")) == before


def test_the_key_changes_with_any_source(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    keys = {cache_key(tmp_path)}
    for name, text in [("a.py", "x = 1"), ("a.py", "x = 2"), ("deep/b.py", "x = 2")]:
        (tmp_path / name).write_text(text)
        keys.add(cache_key(tmp_path))
    assert len(keys) == 4
    (tmp_path / "notes.txt").write_text("not a source")
    assert cache_key(tmp_path) in keys


def test_the_users_cache_follows_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", lambda: Path("/home/someone"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert user_cache() == Path("/home/someone/.cache")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert user_cache() == Path("/home/someone/Library/Caches")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert user_cache() == Path("/elsewhere")
