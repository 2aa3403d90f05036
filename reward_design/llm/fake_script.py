"""What a fake server says: replies, the faults before them, and who gets which."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from alignenv.errors import ConfigError
from alignenv.reward_design.llm.offline import read_text

ERRORS: dict[str, tuple[int, str]] = {
    "401": (401, "invalid_api_key"),
    "403": (403, "forbidden"),
    "404": (404, "model_not_found"),
    "400": (400, "bad_request"),
    "context": (400, "context_length_exceeded"),
    "filter": (400, "content_filter"),
    "429": (429, "rate_limit_exceeded"),
    "quota": (429, "insufficient_quota"),
    "500": (500, "server_error"),
    "503": (503, "overloaded"),
}
BODIES: dict[str, tuple[str, bytes]] = {
    "garbage": ("application/json", b"\x00\xff not json {"),
    "html": ("text/html", b"<html><body>gateway</body></html>"),
    "empty-choices": ("application/json", b'{"object": "chat.completion", "choices": []}'),
    "wrong-shape": ("application/json", b'{"choices": "many"}'),
    "truncated-json": ("application/json", b'{"choices": [{"message": {"content": "ab'),
}
FAULTS = (*ERRORS, *BODIES, "drop", "half", "drip", "stall")
"""What can go wrong before a reply: an HTTP error, a useless body, `drop` (the connection is
closed without a word), `half` (closed in the middle of the body), `drip` (the body comes a byte
at a time), `stall` (nothing is sent for `stall_s`). `429` may carry the seconds of its
Retry-After: `429:0.2`."""


class Entry(BaseModel):
    """One scripted reply.

    Attributes:
        text: Content of the reply; None sends null.
        finish_reason: `stop`, `length`, `content_filter`, ...
        faults: What goes wrong on the attempts before the reply.
        delay_s: Wait before the reply.
        usage: True sends plausible counts, False leaves `usage` out, an object is sent as it is.
        n_choices: Choices sent; clients that asked for one should take the first.
        content_type: Content type of the reply.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str | None
    finish_reason: str = "stop"
    faults: tuple[str, ...] = ()
    delay_s: float = 0.0
    usage: bool | dict[str, Any] = True
    n_choices: int = 1
    content_type: str = "application/json"


_SCRIPT = TypeAdapter(list[str | Entry])


def load_script(path: Path) -> list[Entry]:
    """Read a JSON list of texts or entries.

    Raises:
        ConfigError: The file cannot be read, has another form, or names an unknown fault.
    """
    try:
        lines = _SCRIPT.validate_json(read_text(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(
            f"{path} is not a script: {'.'.join(map(str, first['loc']))}: {first['msg']}.",
            cure='Write a JSON list of texts or of {"text": ..., "faults": [...]}.',
        ) from error
    return [Entry(text=line) if isinstance(line, str) else line for line in lines]


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as the server saw it.

    Attributes:
        path: Path of the URL.
        headers: Headers by lower-case name.
        body: Parsed JSON, or None when it was no JSON.
    """

    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def form(self) -> str:
        """Type of the `response_format` that it asks for; empty for none."""
        asked = self.body.get("response_format") if isinstance(self.body, dict) else None
        return str(asked.get("type", "")) if isinstance(asked, dict) else ""


class Script:
    """Hands out entries to requests; safe to use from many threads.

    Args:
        entries: Replies in order; a text alone is a plain reply.
        cycle: Begin again at the end.

    Raises:
        ConfigError: An entry names an unknown fault.
    """

    def __init__(self, entries: Sequence[Entry | str], *, cycle: bool = False) -> None:
        self.entries = [Entry(text=x) if isinstance(x, str) else x for x in entries]
        self._cycle = cycle
        self._lock = threading.Lock()
        self._attempts: dict[int, int] = {}
        self._n_used_up = 0
        for entry in self.entries:
            for fault in entry.faults:
                if fault.partition(":")[0] not in FAULTS:
                    raise ConfigError(
                        f"Unknown fault {fault!r} in the script.",
                        cure=f"Use one of {', '.join(FAULTS)}.",
                    )

    def next_step(self, seen: Seen) -> tuple[Entry | None, str | None]:
        """The entry of a request, None at the end; and the fault that comes first, if any."""
        slot = seen.headers.get("x-slot", "")
        with self._lock:
            index = int(slot) if slot.isdigit() else self._arrival()
            if self._cycle and self.entries:
                index %= len(self.entries)
            if index >= len(self.entries):
                return None, None
            entry = self.entries[index]
            attempt = self._attempts.get(index, 0)
            self._attempts[index] = attempt + 1
            return entry, entry.faults[attempt] if attempt < len(entry.faults) else None

    def _arrival(self) -> int:
        """Index for a request without a number: the first entry that is not used up."""
        while self._n_used_up < len(self.entries):
            faults = self.entries[self._n_used_up].faults
            if self._attempts.get(self._n_used_up, 0) <= len(faults):
                return self._n_used_up
            self._n_used_up += 1
        if self._cycle:
            self._n_used_up = 0
            self._attempts.clear()
        return self._n_used_up


def completion(entry: Entry, asked: Any) -> dict[str, Any]:
    """The body of a chat completion."""
    model = asked.get("model", "fake") if isinstance(asked, dict) else "fake"
    choices = [
        {
            "index": i,
            "message": {"role": "assistant", "content": entry.text},
            "finish_reason": entry.finish_reason,
        }
        for i in range(entry.n_choices)
    ]
    body: dict[str, Any] = {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": choices,
    }
    if entry.usage is not False:
        n_prompt, n_reply = 100, len(entry.text or "") // 4
        counts = {
            "prompt_tokens": n_prompt,
            "completion_tokens": n_reply,
            "total_tokens": n_prompt + n_reply,
        }
        body["usage"] = counts if entry.usage is True else entry.usage
    return body
