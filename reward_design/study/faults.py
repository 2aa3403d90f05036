"""What a failing disk or database means to the person who runs the study."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from alignenv.errors import AlignEnvError, MachineError, StudyError
from alignenv.files import machine_error

_KEPT = "Everything recorded before is kept; once that is mended, continue with --resume."
_CORRUPT = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR", "SQLITE_FORMAT", "SQLITE_SCHEMA")


@contextmanager
def explained(folder: Path, doing: str) -> Iterator[None]:
    """Turn failures of the disk and the database inside the block into typed errors.

    Args:
        folder: The study's folder.
        doing: What was being done, such as "recording result g00c03/rung0".

    Raises:
        MachineError: The disk is full, read-only or failing, or the database server is gone.
        StudyError: The database is damaged, or another program has locked it.
    """
    try:
        yield
    except OSError as error:
        cause = machine_error(error, folder)
        raise MachineError(f"{cause.message} This was {doing}.", cure=_cure(cause)) from error
    except DBAPIError as error:
        raise _database_error(error, folder, doing) from error


def _cure(cause: MachineError) -> str:
    return f"{cause.cure} {_KEPT}".strip()


def _database_error(error: DBAPIError, folder: Path, doing: str) -> AlignEnvError:
    name = getattr(error.orig, "sqlite_errorname", "")
    if name.startswith("SQLITE_FULL"):
        return MachineError(
            f"The disk is full: the study in {folder} could not be written while {doing}.",
            cure=f"Free space there. {_KEPT}",
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return MachineError(
            f"The study in {folder} cannot be written ({error.orig}) while {doing}.",
            cure=f"Make the folder and its study.db writable. {_KEPT}",
        )
    if name.startswith("SQLITE_BUSY"):
        return StudyError(
            f"Another program has locked the database of {folder} while {doing}.",
            cure=f"Close it. {_KEPT}",
        )
    if name.startswith(_CORRUPT) or isinstance(error.orig, sqlite3.DataError):
        return damaged(folder, str(error.orig))
    return MachineError(
        f"The database of {folder} failed while {doing}: {error.orig}.",
        cure=f"Check the disk or the database server. {_KEPT}",
    )


def damaged(folder: Path, what: str) -> StudyError:
    """The error for a study whose database cannot be trusted."""
    return StudyError(
        f"The study in {folder} is damaged: {what}.",
        cure="Restore the folder from a copy, or start a new study in another folder.",
    )
