"""Replies in a form: a JSON schema, offered to servers that take one.

A server is asked for the schema first. Where it refuses that, it is asked for any JSON object, and
where it refuses that too, for text. What a server refused is remembered for each of its models
while the process lives. A form is a wish: some servers take it and do not keep to it, so that
whoever reads the reply expects little of it, and finds the object whatever stands around it.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

SCHEMA, OBJECT, TEXT = "json_schema", "json_object", "text"
MODES = (SCHEMA, OBJECT, TEXT)
"""Ways to ask for a form, the strictest first; `text` is not to ask."""

_WORDS = (
    "response_format",
    "json_schema",
    "json_object",
    "json mode",
    "structured output",
    "output_config",
    "output format",
)


@dataclass(frozen=True, slots=True)
class ReplyForm:
    """What a reply should look like.

    Attributes:
        name: Name of the schema, letters and underscores.
        schema: JSON schema of one object; every key is required and no other allowed, as servers
            that enforce schemas ask.
    """

    name: str
    schema: Mapping[str, Any]

    @classmethod
    def of(cls, name: str, model: type[BaseModel]) -> ReplyForm:
        """The form of a model of pydantic that has no defaults."""
        return cls(name, model.model_json_schema())


class Ladder:
    """Which way of asking each model has not refused; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: dict[tuple[str, str], int] = {}

    def mode(self, server: str, model: str) -> str:
        """The strictest way that is left."""
        with self._lock:
            return MODES[self._steps.get((server, model), 0)]

    def refuse(self, server: str, model: str, mode: str) -> str:
        """Note that a model refused a way of asking; returns the way that is left.

        Several requests of one time may be refused alike; they are one step.
        """
        with self._lock:
            step = max(self._steps.get((server, model), 0), MODES.index(mode) + 1)
            self._steps[server, model] = step
            return MODES[step]


LADDER = Ladder()
"""What the models of this process have refused."""


def is_about_form(text: str) -> bool:
    """Whether the words of a refusal concern the form that was asked for."""
    lowered = text.lower()
    return any(word in lowered for word in _WORDS)


def find_objects(text: str, keys: set[str]) -> Iterator[Mapping[str, Any]]:
    """JSON objects in a text that have one of the keys, whatever stands around them."""
    decoder = json.JSONDecoder()
    for match in re.finditer(r"\{", text):
        try:
            value, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and keys & set(value):
            yield value
