"""Damaged folders, full disks and read-only folders: one clear error, nothing half-written."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from alignenv.errors import MachineError, StudyError
from alignenv.files import write_atomically
from alignenv.reward_design.study import Study, StudyReader, list_studies
from alignenv.testing.store import a_candidate, a_trial


@pytest.fixture
def filled(study, folder) -> Path:
    """A closed study with some of everything."""
    study.record_candidate(a_candidate())
    study.record_trial(a_trial())
    study.record_result("a", {"x": 1}, {"weights": np.arange(2000.0)})
    for number in range(40):
        study.record_decision(f"d{number}", {"text": "x" * 300})
    study.close()
    return folder


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "files").rglob("*") if path.is_file())


def fill(study: Study, size: int) -> None:
    """Record results until something gives."""
    for number in range(100):
        arrays = {"w": np.full(size, number)} if size else None
        study.record_result(f"r{number}", {"n": number, "text": "x" * 900}, arrays)


@pytest.mark.parametrize("kept", [0.05, 0.5, 0.9])
def test_a_truncated_database_is_named(filled, settings, kept):
    database = filled / "study.db"
    database.write_bytes(database.read_bytes()[: int(database.stat().st_size * kept)])
    for attempt in (lambda: StudyReader.open(filled), lambda: Study.resume(filled, settings)):
        with pytest.raises(StudyError, match=r"is damaged|holds no study"):
            attempt()
    assert list_studies(filled)[0].state == "damaged"


def test_a_file_that_is_no_database_is_named(filled, settings):
    (filled / "study.db").write_bytes(b"%PDF-1.7" + b"\0" * 8192)
    with pytest.raises(StudyError, match=r"is damaged: study\.db: file is not a database"):
        Study.resume(filled, settings)


def test_another_database_is_no_study(tmp_path):
    connection = sqlite3.connect(tmp_path / "study.db")
    connection.execute("CREATE TABLE cats (name TEXT)")
    connection.close()
    with pytest.raises(StudyError, match="holds no study"):
        StudyReader.open(tmp_path)


def test_a_newer_study_asks_for_an_upgrade(filled):
    connection = sqlite3.connect(filled / "study.db")
    connection.execute("UPDATE meta SET schema_version = 99")
    connection.commit()
    connection.close()
    with pytest.raises(StudyError, match="has schema 99; this alignenv reads up to 1") as caught:
        StudyReader.open(filled)
    assert "Upgrade alignenv" in caught.value.cure


def test_recorded_events_cannot_be_changed(filled):
    connection = sqlite3.connect(filled / "study.db")
    for change in ("UPDATE events SET document = '1'", "DELETE FROM events"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(change)
    connection.close()


def test_a_missing_or_changed_file_is_named(filled, settings):
    weights = max(files_of(filled), key=lambda path: path.stat().st_size)
    data = weights.read_bytes()
    weights.write_bytes(data[:-1] + b"?")
    with pytest.raises(StudyError, match=f"{weights.name} does not hold what was recorded"):
        Study.resume(filled, settings)
    weights.unlink()
    with StudyReader.open(filled) as reader:
        with pytest.raises(StudyError, match=f"{weights.name} cannot be read"):
            reader.find_result("a")
        assert reader.candidates() == (a_candidate(),)
    weights.write_bytes(data)
    Study.resume(filled, settings).close()


def test_a_folder_that_is_not_there(tmp_path, settings):
    for attempt in (
        lambda: StudyReader.open(tmp_path / "x"),
        lambda: Study.resume(tmp_path / "x", settings),
        lambda: list_studies(tmp_path / "x"),
    ):
        with pytest.raises(StudyError, match="holds no study"):
            attempt()
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_file_that_cannot_be_written_leaves_nothing(study, folder, monkeypatch, code):
    before = files_of(folder)

    def refuse(_descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(MachineError, match="recording result a") as caught:
        study.record_result("a", {}, {"weights": np.zeros(9)})
    assert "Everything recorded before is kept" in caught.value.cure
    monkeypatch.undo()
    assert files_of(folder) == before
    assert study.find_result("a") is None
    study.record_result("a", {}, {"weights": np.zeros(9)})
    assert study.find_result("a").arrays["weights"].size == 9


def test_a_database_that_cannot_grow_leaves_nothing(study, folder):
    with study._log._engine.begin() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(MachineError, match=r"The disk is full: .* while recording result"):
        fill(study, size=0)
    assert 0 < len(study.result_keys()) < 100
    assert study.candidates() == ()


def test_write_atomically_keeps_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "new" / "report.html"
    write_atomically(target, b"old")

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(MachineError, match="The disk is full"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A real file system of 600 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(disk)]
    if os.name != "posix" or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount; the injected faults above cover it")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_full_disk_keeps_what_was_recorded_and_can_be_resumed(small_disk, settings):
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 200_000)
    folder = small_disk / "study"
    study = Study.create(folder, settings)
    with pytest.raises(MachineError, match="The disk is full"):
        fill(study, size=2000)
    recorded = len(study.result_keys())
    study.close()
    assert 3 < recorded < 100
    assert not list(folder.rglob("*.tmp"))
    with StudyReader.open(folder) as reader:
        assert len(reader.result_keys()) == recorded
    ballast.unlink()
    with Study.resume(folder, settings) as again:
        for number in range(recorded):
            assert again.find_result(f"r{number}").arrays["w"][0] == number
        again.record_result(f"r{recorded}", {})


def test_a_read_only_folder_is_read_and_not_written(small_disk, settings):
    folder = small_disk / "study"
    with Study.create(folder, settings) as study:
        study.record_candidate(a_candidate())
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with StudyReader.open(folder) as reader:
        assert reader.candidates() == (a_candidate(),)
    assert list_studies(folder)[0].candidates == 1
    with pytest.raises(MachineError, match="Read-only file system"):
        Study.resume(folder, settings)
    with pytest.raises(MachineError, match="Read-only file system"):
        Study.create(small_disk / "other", settings)
