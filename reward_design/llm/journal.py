"""Journals for use without a study: one in memory, one in a file that survives a kill."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from alignenv.errors import StudyError
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Spend

SCHEMA_VERSION = 1


class MemoryJournal:
    """A journal that forgets everything with its process."""

    def __init__(self) -> None:
        self._requests: dict[str, ChatRequest] = {}
        self._replies: dict[str, ChatReply] = {}
        self._spends: dict[tuple[str, int], Spend] = {}

    def find_reply(self, request_id: str) -> ChatReply | None:
        """The recorded reply to a request, or None."""
        return self._replies.get(request_id)

    def reserve(self, request: ChatRequest, worst: Spend) -> int:
        """Note an attempt before it is sent; returns its number."""
        attempt = 1 + sum(key[0] == request.id for key in self._spends)
        self._write(
            {
                "event": "reserve",
                "id": request.id,
                "attempt": attempt,
                "request": request.to_json(),
                "spend": _spend_to_json(worst),
            }
        )
        return attempt

    def record(self, request_id: str, attempt: int, reply: ChatReply, spend: Spend) -> None:
        """Note a reply and its cost."""
        self._write(
            {
                "event": "reply",
                "id": request_id,
                "attempt": attempt,
                "reply": reply.to_json(),
                "spend": _spend_to_json(spend),
            }
        )

    def drop(self, request_id: str, attempt: int, reason: str, spend: Spend) -> None:
        """Note that an attempt ended without a reply."""
        self._write(
            {
                "event": "drop",
                "id": request_id,
                "attempt": attempt,
                "reason": reason,
                "spend": _spend_to_json(spend),
            }
        )

    def totals(self) -> Spend:
        """Everything so far; open attempts count at their worst case."""
        return sum(self._spends.values(), Spend())

    def recording(self) -> list[tuple[ChatRequest, ChatReply]]:
        """Every answered request with its reply, in the order answered."""
        return [(self._requests[key], reply) for key, reply in self._replies.items()]

    def _write(self, event: Mapping[str, Any]) -> None:
        self._apply(event)

    def _apply(self, event: Mapping[str, Any]) -> None:
        key = event["id"]
        if event["event"] == "reserve":
            self._requests[key] = ChatRequest.from_json(event["request"])
        if event["event"] == "reply":
            self._replies[key] = ChatReply.from_json(event["reply"])
        self._spends[key, event["attempt"]] = Spend(**event["spend"])


class FileJournal(MemoryJournal):
    """A journal in one JSON-lines file, flushed to disk line by line.

    A line that a kill left half-written is dropped when the file is opened again. The file is
    also what `replay:FILE` reads.

    Args:
        path: File to continue or to create; one process at a time.

    Raises:
        StudyError: The file cannot be written, or holds something else.
    """

    def __init__(self, path: Path | str) -> None:
        super().__init__()
        self.path = Path(path)
        whole = _load(self.path, self) if self.path.exists() else 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.truncate(whole)
        except OSError as error:
            raise self._unwritable(error) from error
        if whole == 0:
            self._append({"event": "journal", "schema_version": SCHEMA_VERSION})

    def _write(self, event: Mapping[str, Any]) -> None:
        self._append(event)
        self._apply(event)

    def _append(self, event: Mapping[str, Any]) -> None:
        try:
            with self.path.open("ab") as file:
                file.write(json.dumps(event, sort_keys=True).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> StudyError:
        return StudyError(
            f"The journal {self.path} cannot be written: {error.strerror}.",
            cure="Free some space or choose a folder that can be written, then resume.",
        )


def read_recording(path: Path) -> list[tuple[ChatRequest, ChatReply]]:
    """Every answered request of a journal file with its reply, in the order answered.

    Raises:
        StudyError: The file cannot be read or is not a journal.
    """
    journal = MemoryJournal()
    _load(path, journal)
    return journal.recording()


def write_recording(path: Path, pairs: Iterable[tuple[ChatRequest, ChatReply]]) -> None:
    """Write answered requests as a new file that `replay:FILE` reads.

    Raises:
        StudyError: The file exists already or cannot be written.
    """
    if path.exists():
        raise StudyError(f"{path} exists already.", cure="Choose another name.")
    journal = FileJournal(path)
    for request, reply in pairs:
        attempt = journal.reserve(request, Spend())
        journal.record(request.id, attempt, reply, Spend(calls=1))


def _load(path: Path, journal: MemoryJournal) -> int:
    """Replay a file into a journal; returns the number of bytes that hold whole lines."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StudyError(
            f"The journal {path} cannot be read: {error.strerror}.", cure="Check the path."
        ) from error
    whole = data.rfind(b"\n") + 1
    for number, line in enumerate(data[:whole].splitlines(), start=1):
        try:
            event = json.loads(line)
            if event["event"] != "journal":
                journal._apply(event)
        except (ValueError, TypeError, KeyError) as error:
            raise StudyError(
                f"Line {number} of {path} is not an event of a model journal.",
                cure="Give a file that a journal or `alignenv study export --replay` wrote.",
            ) from error
    return whole


def _spend_to_json(spend: Spend) -> dict[str, Any]:
    return {
        "calls": spend.calls,
        "tokens": spend.tokens,
        "micro_usd": spend.micro_usd,
        "estimated": spend.estimated,
    }
