"""A study: everything that one search asked, tried, decided and found, in one folder.

    DIR/study.db     the log: settings, requests, candidates, results, trials, decisions, summary
    DIR/files/       programs, prompts, replies, policies and episodes, named by their sha256
    DIR/driver.lock  held by the one process that may write

A search is resumed by running it again: what the study holds is served, what it lacks is done. So
everything is recorded before it is used, and nothing recorded is ever changed.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from alignenv.errors import CallOrderError, ConfigError, StudyError
from alignenv.reward_design.study.database import (
    DATABASE_FILE,
    Database,
    already_there,
    create_database,
    not_a_study,
    open_database,
)
from alignenv.reward_design.study.documents import candidate_event, trial_event
from alignenv.reward_design.study.events import Event
from alignenv.reward_design.study.faults import explained
from alignenv.reward_design.study.files import Arrays, pack_arrays
from alignenv.reward_design.study.lease import LOCK_FILE, Lease
from alignenv.reward_design.study.reader import ARRAYS, StudyReader, session_key
from alignenv.reward_design.study.settings import StudySettings
from alignenv.types import Candidate, Trial

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:+@=-]{0,199}")


class Study(StudyReader):
    """A study with the right to write to it; made by `create` or `resume`.

    All `record_...` methods return when the fact is on disk. Recording a fact again is harmless;
    recording another one in its place is refused. They raise:

    - `StudyError`: something else is recorded there, or the study is closed;
    - `ConfigError`: the key or the document cannot be recorded;
    - `MachineError`: the disk is full or read-only; nothing was recorded.

    Attributes:
        left_by: The driver that died while it was running this study, or None.
    """

    def __init__(self, path: Path, database: Database, lease: Lease) -> None:
        self._lease: Lease | None = lease
        self.left_by = lease.left_by
        super().__init__(path, database)

    @classmethod
    def create(cls, path: Path | str, settings: StudySettings, *, url: str | None = None) -> Self:
        """Start a study in a new or empty folder and become its driver.

        Args:
            path: The folder; made when missing.
            settings: What decides its outcome.
            url: SQLAlchemy URL of an empty database to use in place of SQLite in the folder.

        Raises:
            StudyError: The folder is not empty, holds a study, or has a driver.
            MachineError: It cannot be written.
        """
        folder = Path(path)
        first = Event(kind="settings", key="settings", document=settings.model_dump(mode="json"))
        with explained(folder, "starting the study"):
            folder.mkdir(parents=True, exist_ok=True)
            _refuse_foreign(folder)
            with _released_on_error(Lease(folder)) as lease:
                create_database(folder, url, settings.versions.get("alignenv", ""), first)
                return cls._drive(folder, settings, url, lease)

    @classmethod
    def resume(cls, path: Path | str, settings: StudySettings, *, url: str | None = None) -> Self:
        """Become the driver of a study that was interrupted, or is finished.

        Every recorded file is checked first.

        Raises:
            StudyError: There is no study, it is damaged, has a driver, or has other settings.
            MachineError: It cannot be written.
        """
        folder = Path(path)
        if url is None and not (folder / DATABASE_FILE).is_file():
            raise not_a_study(folder)
        with explained(folder, "resuming the study"), _released_on_error(Lease(folder)) as lease:
            return cls._drive(folder, settings, url, lease)

    @classmethod
    def _drive(cls, folder: Path, settings: StudySettings, url: str | None, lease: Lease) -> Self:
        database = open_database(folder, url, writing=True)
        try:
            study = cls(folder, database, lease)
            study._refuse_other_settings(settings)
            study._files.sweep()
            study.check_files()
            key = session_key(study._n_sessions())
            session = Event(kind="session", key=key, volatile=asdict(lease.holder))
            database.log.append(session)
        except BaseException:
            database.close()
            raise
        return study

    def close(self) -> None:
        """Release the database and the right to write; may be called twice."""
        super().close()
        if self._lease is not None:
            self._lease.release()
            self._lease = None

    def record_result(
        self,
        key: str,
        document: Any,
        arrays: Arrays | None = None,
        *,
        volatile: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep a finished piece of work, so that it is never done again.

        Args:
            key: Its name, such as "g00c03/rung0/train".
            document: JSON values that another run of the same study would get as well.
            arrays: Arrays that belong to it; no Python objects.
            volatile: What another run would get otherwise, such as `cpu_s`; host and process id
                are added.
        """
        self._store("result", key, document, arrays, volatile)

    def record_provisional(
        self,
        key: str,
        document: Any,
        arrays: Arrays | None = None,
        *,
        volatile: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep finished work that the conclusion need not rest on; arguments as of a result.

        The canonical export leaves it out.
        """
        self._store("provisional", key, document, arrays, volatile)

    def _store(
        self,
        kind: str,
        key: str,
        document: Any,
        arrays: Arrays | None,
        volatile: Mapping[str, Any] | None,
    ) -> None:
        where = {"host": socket.gethostname(), "pid": os.getpid()}
        with self._writing(f"recording {kind} {key}"):
            files = {ARRAYS: self._files.put(pack_arrays(arrays))} if arrays else {}
            self._append(kind, key, document, files=files, volatile={**where, **(volatile or {})})

    def record_candidate(self, candidate: Candidate) -> None:
        """Keep a proposed candidate."""
        with self._writing(f"recording candidate {candidate.id}"):
            self._log.append(candidate_event(candidate, self._files.put))

    def record_trial(self, trial: Trial) -> None:
        """Keep the outcome of a recorded candidate.

        Raises:
            CallOrderError: The candidate was not recorded.
        """
        if self._find("candidate", trial.candidate.id) is None:
            raise CallOrderError(
                f"Trial {trial.candidate.id} came before its candidate.",
                cure="Call record_candidate first.",
            )
        with self._writing(f"recording trial {trial.candidate.id}"):
            self._log.append(trial_event(trial, self._files.put))

    def record_decision(self, key: str, document: Any) -> None:
        """Keep a decision as JSON values, such as who passes a rung."""
        with self._writing(f"recording decision {key}"):
            self._append("decision", key, document)

    def finish(self, summary: Any, *, volatile: Mapping[str, Any] | None = None) -> None:
        """Keep the conclusion, which marks the study as finished.

        Args:
            summary: JSON values that another run of the same study would get as well.
            volatile: What another run would get otherwise: cost of attempts, seconds.
        """
        with self._writing("recording the summary"):
            self._append("summary", "summary", summary, volatile=volatile)

    def stop(self, document: Mapping[str, Any]) -> None:
        """Keep what this driver leaves where a cap stopped it; the study can still go on.

        Args:
            document: JSON values.
        """
        with self._writing("recording the stop"):
            self._append("stop", session_key(self._n_sessions() - 1), None, volatile=document)

    @contextmanager
    def _writing(self, doing: str) -> Iterator[None]:
        if self._lease is None:
            raise StudyError(
                f"The study in {self.path} was closed before {doing}.",
                cure="Record everything inside its `with` block.",
            )
        with explained(self.path, doing):
            yield

    def _append(
        self,
        kind: str,
        key: str,
        document: Any,
        *,
        files: Mapping[str, str] | None = None,
        volatile: Mapping[str, Any] | None = None,
    ) -> None:
        if not _KEY.fullmatch(key):
            raise ConfigError(
                f"{key!r} is no key of a study.",
                cure="Use up to 200 letters, digits and . _ / : + @ = -",
            )
        self._log.append(
            Event(kind=kind, key=key, document=document, files=files or {}, volatile=volatile or {})
        )

    def _refuse_other_settings(self, now: StudySettings) -> None:
        if found := self.settings.differences(now):
            raise StudyError(
                f"The study in {self.path} was made with other settings: "
                f"{'; '.join(map(str, found))}.",
                cure="Repeat the recorded settings, or start a new study in another folder.",
            )


@contextmanager
def _released_on_error(lease: Lease) -> Iterator[Lease]:
    try:
        yield lease
    except BaseException:
        lease.release()
        raise


def _refuse_foreign(folder: Path) -> None:
    """A new study takes an empty folder, or one where a start was interrupted."""
    names = {entry.name for entry in folder.iterdir()}
    if DATABASE_FILE in names:
        raise already_there(folder)
    foreign = sorted(n for n in names if n != LOCK_FILE and not n.startswith(f".{DATABASE_FILE}."))
    if foreign:
        raise StudyError(
            f"{folder} is not empty: it holds {', '.join(foreign[:3])}.",
            cure="Use a new or empty folder.",
        )
