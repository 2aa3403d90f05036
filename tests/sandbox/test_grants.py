"""Workers read what Python needs and never a project's folder as a whole."""

import importlib
import sys
from pathlib import Path

import pytest

from alignenv.reward_design.sandbox.grants import own_grants, shared_grants


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("package", "plain", ".git"):
        (tmp_path / name).mkdir()
    for name in ("module.py", ".env", "notes.txt", "package/__init__.py", "plain/data.csv"):
        (tmp_path / name).touch()
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_project_on_the_path_is_opened_module_by_module(project: Path) -> None:
    grants = shared_grants(())
    below = {path.name for path in grants.read if path.is_relative_to(project)}
    assert below == {"module.py", "package"}
    assert project in grants.listed
    assert project not in grants.read


def test_further_reads_are_named(project: Path) -> None:
    assert project / "plain" in shared_grants((str(project / "plain"),)).read


def test_interpreter_and_imported_packages_are_readable() -> None:
    import numpy as np

    import alignenv

    read = shared_grants(()).read
    for module in (alignenv, np):
        folder = Path(module.__path__[0])
        assert any(folder.is_relative_to(path) for path in read)
    assert Path(sys.executable).resolve() in shared_grants(()).run


def test_packages_are_readable_where_their_links_lead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, linked = tmp_path / "real", tmp_path / "linked"
    for folder in (real / "inner", real / "whole", linked / "outside"):
        folder.mkdir(parents=True)
    for name in ("__init__.py", "inner/__init__.py", "whole/__init__.py"):
        (real / name).touch()
    (linked / "outside" / "__init__.py").symlink_to(real / "__init__.py")
    (linked / "outside" / "inner").symlink_to(real / "inner", target_is_directory=True)
    (linked / "other").symlink_to(real / "whole", target_is_directory=True)
    monkeypatch.syspath_prepend(linked)
    for name in ("outside", "outside.inner", "other"):
        monkeypatch.setitem(sys.modules, name, importlib.import_module(name))
    assert {real, real / "inner", real / "whole"} <= set(shared_grants(()).read)


def test_modules_that_make_up_attributes_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    class Inventive(type(sys)):  # type: ignore[misc]
        def __getattr__(self, name: str) -> object:
            return object()

    monkeypatch.setitem(sys.modules, "inventive", Inventive("inventive"))
    assert shared_grants(()).read


def test_only_the_own_folder_can_be_changed(tmp_path: Path) -> None:
    grants = own_grants(shared_grants(()), tmp_path)
    assert grants.change == (tmp_path,)
    names = {path.name for path in grants.read if path.is_relative_to("/proc/")}
    assert names.isdisjoint({"environ", "mem", "maps"})


def test_numba_cache_is_readable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/library::relative")
    read = shared_grants(()).read
    assert tmp_path in read
    assert Path("/opt/library") in read
    assert Path("relative") not in read
