"""Opens the database of a study: SQLite in WAL mode in its folder, or any SQLAlchemy URL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from alignenv.errors import StudyError
from alignenv.files import sync_folder
from alignenv.reward_design.study.events import (
    SCHEMA_VERSION,
    Event,
    EventLog,
    event_table,
    meta_table,
    metadata,
    to_row,
)
from alignenv.reward_design.study.faults import damaged

DATABASE_FILE = "study.db"
BUSY_TIMEOUT_MS = 30_000


@dataclass(frozen=True, slots=True)
class Database:
    """An open database.

    Attributes:
        log: Its events.
        close: Releases it; call once.
    """

    log: EventLog
    close: Callable[[], None]


def create_database(folder: Path, url: str | None, made_by: str, first: Event) -> None:
    """Make a database that holds one event; a kill leaves either all of it or none.

    Raises:
        StudyError: There is one already.
    """
    if url is not None:
        _fill(sa.create_engine(url), folder, made_by, first)
        return
    if (folder / DATABASE_FILE).exists():
        raise already_there(folder)
    for leftover in folder.glob(f".{DATABASE_FILE}.*"):
        leftover.unlink()
    temporary = folder / f".{DATABASE_FILE}.tmp"
    try:
        _fill(_sqlite_engine(temporary, journal_mode="DELETE"), folder, made_by, first)
        temporary.replace(folder / DATABASE_FILE)
        sync_folder(folder)
    finally:
        temporary.unlink(missing_ok=True)


def already_there(folder: Path) -> StudyError:
    """The error for a folder that holds a study already."""
    return StudyError(
        f"{folder} holds a study already.", cure="Continue it with --resume, or use another folder."
    )


def open_database(folder: Path, url: str | None, *, writing: bool) -> Database:
    """Open an existing database and check that it can be trusted.

    A folder that cannot be written is read from a temporary copy of its database, because SQLite
    must write beside a WAL database even to read it.

    Raises:
        StudyError: It is no study, is damaged, or was made by a newer alignenv.
    """
    if url is not None:
        engine = sa.create_engine(url)
        return _checked(engine, folder, engine.dispose)
    if not (folder / DATABASE_FILE).is_file():
        raise not_a_study(folder)
    if writing or os.access(folder, os.W_OK):
        engine = _sqlite_engine(folder / DATABASE_FILE, journal_mode="WAL" if writing else None)
        return _checked(engine, folder, engine.dispose)
    copy = tempfile.TemporaryDirectory(prefix="alignenv-study-")
    for file in folder.glob(f"{DATABASE_FILE}*"):
        shutil.copy(file, copy.name)
    engine = _sqlite_engine(Path(copy.name) / DATABASE_FILE, journal_mode=None)

    def close() -> None:
        engine.dispose()
        copy.cleanup()

    return _checked(engine, folder, close)


def not_a_study(folder: Path) -> StudyError:
    """The error for a folder without a study."""
    return StudyError(
        f"{folder} holds no study.",
        cure="Give the folder of `alignenv evolve --out`, or leave out --resume to start one.",
    )


def _fill(engine: sa.Engine, folder: Path, made_by: str, first: Event) -> None:
    try:
        with engine.begin() as connection:
            if sa.inspect(connection).has_table(event_table.name):
                raise already_there(folder)
            metadata.create_all(connection)
            connection.execute(
                meta_table.insert().values(schema_version=SCHEMA_VERSION, made_by=made_by)
            )
            connection.execute(event_table.insert().values(**to_row(first)))
    finally:
        engine.dispose()


def _sqlite_engine(path: Path, *, journal_mode: str | None) -> sa.Engine:
    """Engine on a SQLite file; `journal_mode` is what to set it to, None for reading only."""
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    begin = "BEGIN" if journal_mode is None else "BEGIN IMMEDIATE"

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        pragmas = ["foreign_keys = ON", f"busy_timeout = {BUSY_TIMEOUT_MS}", "synchronous = FULL"]
        pragmas.append(f"journal_mode = {journal_mode}" if journal_mode else "query_only = ON")
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _checked(engine: sa.Engine, folder: Path, close: Callable[[], None]) -> Database:
    try:
        _check(engine, folder)
    except BaseException:
        close()
        raise
    return Database(EventLog(engine), close)


def _check(engine: sa.Engine, folder: Path) -> None:
    try:
        with engine.begin() as connection:
            tables = set(sa.inspect(connection).get_table_names())
            if not {meta_table.name, event_table.name} <= tables:
                raise not_a_study(folder)
            version = connection.execute(sa.select(meta_table.c.schema_version)).scalar_one()
            if engine.dialect.name == "sqlite":
                verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
                if verdict != "ok":
                    raise damaged(folder, str(verdict).splitlines()[0])
    except DBAPIError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise damaged(folder, f"{DATABASE_FILE}: {error.orig}") from error
        raise
    if version > SCHEMA_VERSION:
        raise StudyError(
            f"The study in {folder} has schema {version}; this alignenv reads up to "
            f"{SCHEMA_VERSION}.",
            cure="Upgrade alignenv to the version that made it.",
        )
