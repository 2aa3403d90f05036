"""A study as one JSON document.

The canonical form is what two runs of one study must agree on, to the byte. It has no times, hosts,
processes, seconds or isolation tiers; requests and replies that were used, not the attempts it took
to get them; the model that answered, not the server or the file that its replies came from; and
everything in the order of keys, whatever the order in which workers finished.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from alignenv.reward_design.study.events import SCHEMA_VERSION, Event, EventLog
from alignenv.reward_design.study.files import FileStore, to_text

_SECTIONS = {
    "requests": "request",
    "replies": "reply",
    "candidates": "candidate",
    "results": "result",
    "trials": "trial",
    "decisions": "decision",
}
_VOLATILE_SECTIONS = {
    "provisional": "provisional",
    "stops": "stop",
    "attempts": "attempt",
    "attempt_ends": "attempt-end",
    "sessions": "session",
}
_ROLES = ("coder", "critic", "analyst")
_SERVERS = ("base_url", "critic_base_url", "analyst_base_url")


def export_study(log: EventLog, files: FileStore, *, canonical: bool) -> bytes:
    """UTF-8 JSON of a whole study, with the text of programs, prompts and replies.

    Policies stay in the study's folder and are named by their sha256. Numbers that are not finite
    become the texts "NaN", "Infinity" and "-Infinity".

    Raises:
        StudyError: A recorded file is missing or damaged.
    """
    sections = _SECTIONS if canonical else {**_SECTIONS, **_VOLATILE_SECTIONS}
    events = log.all_of("settings", "summary", *sections.values())
    if canonical:
        answered = {event.key for event in events if event.kind == "reply"}
        events = [e for e in events if e.kind != "request" or e.key in answered]
    settings = next(e.document for e in events if e.kind == "settings")
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "canonical": canonical,
        "settings": _without_sources(settings) if canonical else settings,
    }
    summaries = [_record(e, files, canonical) for e in events if e.kind == "summary"]
    document["summary"] = summaries[0] if summaries else None
    for name, kind in sections.items():
        document[name] = [_record(e, files, canonical) for e in events if e.kind == kind]
    text = json.dumps(_finite(document), sort_keys=True, indent=1, allow_nan=False)
    return text.encode() + b"\n"


def _without_sources(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a search and of its replay alike: who answered, and not from where."""
    protocol = {k: v for k, v in settings["protocol"].items() if k not in _SERVERS}
    roles = {role: answered_by(settings[role]) for role in _ROLES}
    return {**settings, **roles, "protocol": protocol}


def answered_by(spec: str) -> str:
    """Name of the model behind a coder's, critic's or analyst's spec, as its requests have it.

    `openai:gpt-5` and `replay:FILE#gpt-5` are both `gpt-5`. What asks no model, or names none, is
    left as it is.
    """
    kind, _, argument = spec.partition(":")
    if kind == "replay":
        return argument.partition("#")[2] or spec
    if kind in ("scripted", "manual"):
        return kind
    return argument if kind in ("openai", "anthropic") else spec


def _record(event: Event, files: FileStore, canonical: bool) -> dict[str, Any]:
    record: dict[str, Any] = {"key": event.key, "document": event.document}
    if event.files:
        record["files"] = dict(event.files)
        record["texts"] = {
            name: to_text(files.get(digest))
            for name, digest in event.files.items()
            if not name.endswith(".npz")
        }
    if not canonical:
        record |= {"volatile": dict(event.volatile), "time": event.time}
    return record


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
