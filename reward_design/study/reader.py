"""What can be read of a study, finished or running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy.typing as npt
from pydantic import ValidationError

from alignenv.closing import Closing
from alignenv.errors import StudyError, UnknownName
from alignenv.reward_design.study.database import Database, open_database
from alignenv.reward_design.study.documents import read_candidate, read_trial
from alignenv.reward_design.study.events import Event
from alignenv.reward_design.study.export import export_study
from alignenv.reward_design.study.faults import damaged, explained
from alignenv.reward_design.study.files import FileStore, unpack_arrays
from alignenv.reward_design.study.journal import StudyJournal
from alignenv.reward_design.study.lease import Holder
from alignenv.reward_design.study.settings import StudySettings
from alignenv.types import Candidate, Trial

FILES_FOLDER = "files"
ARRAYS = "arrays.npz"

_WITH_FILES = ("request", "reply", "candidate", "result", "provisional", "trial")


def session_key(number: int) -> str:
    """Key of the events of a driver, by how many there were before it."""
    return f"{number:06d}"


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A finished piece of work, as a resumed run is served it.

    Attributes:
        key: Its name in the study.
        document: The result as JSON values.
        arrays: Arrays that belong to it, by name.
        volatile: What another run would have otherwise: seconds, host, process.
    """

    key: str
    document: Any
    arrays: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    volatile: Mapping[str, Any] = field(default_factory=dict)


class StudyReader(Closing):
    """An open study; a context manager. Every method raises `StudyError` where it is damaged.

    Attributes:
        path: Its folder.
        settings: What decides its outcome.
        journal: Its memory of model requests.
    """

    def __init__(self, path: Path, database: Database) -> None:
        self.path = path
        self._database, self._log = database, database.log
        self._files = FileStore(path / FILES_FOLDER)
        self.journal = StudyJournal(self._log, self._files, self._writing)
        self.settings = self._read_settings()

    @staticmethod
    def open(path: Path | str, *, url: str | None = None) -> StudyReader:
        """Open a study for reading, also while its driver is running.

        Args:
            path: Its folder.
            url: SQLAlchemy URL of its database, if that is not SQLite in the folder.

        Raises:
            StudyError: There is no study, or it is damaged.
        """
        folder = Path(path)
        with explained(folder, "opening the study"):
            database = open_database(folder, url, writing=False)
        try:
            return StudyReader(folder, database)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Release the database; may be called twice."""
        self._database.close()

    def find_result(self, key: str) -> StoredResult | None:
        """The finished work recorded under a key, or None when it has to be done."""
        return self._stored("result", key)

    def find_provisional(self, key: str) -> StoredResult | None:
        """Finished work that the study's conclusion need not rest on, or None."""
        return self._stored("provisional", key)

    def _stored(self, kind: str, key: str) -> StoredResult | None:
        event = self._find(kind, key)
        if event is None:
            return None
        arrays = unpack_arrays(self._files.get(event.files[ARRAYS])) if event.files else {}
        return StoredResult(key, event.document, arrays, event.volatile)

    def result_keys(self) -> tuple[str, ...]:
        """Keys of all finished work, sorted."""
        with explained(self.path, "reading results"):
            return tuple(event.key for event in self._log.all_of("result"))

    def candidates(self) -> tuple[Candidate, ...]:
        """Every candidate, in id order."""
        with explained(self.path, "reading candidates"):
            events = self._log.all_of("candidate")
            return tuple(read_candidate(event, self._files.get) for event in events)

    def candidate(self, candidate_id: str) -> Candidate:
        """One candidate.

        Raises:
            UnknownName: There is none of that id.
        """
        event = self._find("candidate", candidate_id)
        if event is None:
            known = (candidate.id for candidate in self.candidates())
            raise UnknownName.of("candidate", candidate_id, known)
        return read_candidate(event, self._files.get)

    def trials(self) -> tuple[Trial, ...]:
        """Every candidate whose outcome is known, in id order."""
        known = {candidate.id: candidate for candidate in self.candidates()}
        with explained(self.path, "reading trials"):
            events = self._log.all_of("trial")
            return tuple(read_trial(e, known[e.key], self._files.get) for e in events)

    def decisions(self) -> dict[str, Any]:
        """Every decision by key."""
        with explained(self.path, "reading decisions"):
            return {event.key: event.document for event in self._log.all_of("decision")}

    def summary(self) -> Any:
        """The conclusion as `Study.finish` got it, or None while there is none."""
        event = self._find("summary", "summary")
        return None if event is None else event.document

    def stopped(self) -> Any:
        """What the last driver left when a cap stopped it; None where none did."""
        number = max(0, self._n_sessions() - 1)
        event = self._find("stop", session_key(number))
        return None if event is None else event.volatile

    def _n_sessions(self) -> int:
        with explained(self.path, "counting sessions"):
            return self._log.counts()["session"]

    def sessions(self) -> tuple[Holder, ...]:
        """The drivers that have run it, in order."""
        with explained(self.path, "reading sessions"):
            return tuple(Holder(**event.volatile) for event in self._log.all_of("session"))

    def export(self, *, canonical: bool = False) -> bytes:
        """The whole study as JSON.

        Args:
            canonical: Leave out what another run of the same study would have otherwise, so that
                an undisturbed run and one that was killed and resumed are equal to the byte.
        """
        with explained(self.path, "exporting"):
            return export_study(self._log, self._files, canonical=canonical)

    def check_files(self) -> None:
        """Compare every recorded file with its hash.

        Raises:
            StudyError: One is missing or damaged.
        """
        with explained(self.path, "checking files"):
            events = self._log.all_of(*_WITH_FILES)
        for digest in sorted({d for event in events for d in event.files.values()}):
            self._files.get(digest)

    @contextmanager
    def _writing(self, doing: str) -> Iterator[None]:
        raise StudyError(
            f"The study in {self.path} is open for reading only, not for {doing}.",
            cure="Open it with Study.create or Study.resume.",
        )
        yield

    def _find(self, kind: str, key: str) -> Event | None:
        with explained(self.path, f"looking for {kind} {key}"):
            return self._log.find(kind, key)

    def _read_settings(self) -> StudySettings:
        event = self._find("settings", "settings")
        try:
            return StudySettings.model_validate(event.document if event else None)
        except ValidationError as error:
            raise damaged(self.path, "its settings cannot be read") from error
