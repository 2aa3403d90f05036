"""Reading what a language model says in the analyst's role: leniently, and only what is known.

Names that are not of the taxonomy, components and fields that do not exist, and steps outside the
episode are left out. What remains of the reply is text, cut to a length, for others to quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from alignenv.analysis import Analysis, FailureMode, NamedFailure
from alignenv.reward_design.llm.forms import ReplyForm, find_objects
from alignenv.reward_design.text import plain
from alignenv.task import TaskCard
from alignenv.types import Evaluation

MAX_FAILURES = 3
_EVIDENCE, _PROPOSAL = 300, 1500
_MIDDLING = 0.5
_MODES = {mode.value: mode for mode in FailureMode}


class _NamedReply(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: FailureMode
    component: str
    field: str
    steps: list[int] | None
    confidence: float
    evidence: str


class AnalystReply(BaseModel):
    """What went wrong in a training, the most likely first, and what the reward should pay for.

    Attributes:
        failures: Names of the taxonomy with what they concern; empty texts and null for nothing.
        proposal: What to pay or charge for instead.
    """

    model_config = ConfigDict(extra="forbid")

    failures: list[_NamedReply]
    proposal: str


FORM = ReplyForm.of("analysis", AnalystReply)
"""Form of an analyst's reply; `read_reply` is content with less."""


def read_reply(reply: str, card: TaskCard, evaluation: Evaluation, length: int) -> Analysis:
    """Names and proposal of a reply; one without a readable object is a proposal as a whole.

    Args:
        reply: What the model said.
        card: The task, for its fields.
        evaluation: The training, for its components.
        length: Steps of the episode that was shown, 0 for none.
    """
    document = next(find_objects(reply, {"failures", "proposal"}), None)
    if document is None:
        return Analysis(
            failures=tuple(_mentioned(reply)), proposal=plain(reply, _PROPOSAL) if reply else ""
        )
    listed = document.get("failures")
    entries = [e for e in listed if isinstance(e, Mapping)] if isinstance(listed, list) else []
    found: dict[FailureMode, NamedFailure] = {}
    for entry in entries:
        if (mode := _MODES.get(_key(entry.get("name")))) is not None:
            found.setdefault(mode, _failure(mode, entry, card, evaluation, length))
    return Analysis(
        failures=tuple(found.values())[:MAX_FAILURES],
        proposal=_text(document.get("proposal"), _PROPOSAL),
    )


def _mentioned(reply: str) -> Iterator[NamedFailure]:
    """Names of the taxonomy in the order in which prose names them."""
    text = _key(reply)
    places = sorted((text.find(name), name) for name in _MODES if name in text)
    for place, name in places[:MAX_FAILURES]:
        begin = reply.rfind("\n", 0, place) + 1
        end = reply.find("\n", place)
        line = reply[begin : end if end >= 0 else None]
        yield NamedFailure(mode=_MODES[name], confidence=_MIDDLING, evidence=plain(line, _EVIDENCE))


def _failure(
    mode: FailureMode,
    entry: Mapping[str, Any],
    card: TaskCard,
    evaluation: Evaluation,
    length: int,
) -> NamedFailure:
    component, field = _text(entry.get("component"), 80), _text(entry.get("field"), 80)
    return NamedFailure(
        mode=mode,
        confidence=_share(entry.get("confidence")),
        evidence=_text(entry.get("evidence"), _EVIDENCE),
        component=component if component in evaluation.components else "",
        field=field if field in card.state else "",
        steps=_steps(entry.get("steps"), length),
    )


def _key(name: Any) -> str:
    """`Farmable component` as `farmable-component`; of the same length, for finding places."""
    return re.sub(r"[ _]", "-", str(name).lower())


def _text(value: Any, limit: int) -> str:
    return plain(value, limit) if isinstance(value, str) else ""


def _share(value: Any) -> float:
    if isinstance(value, int | float) and 0.0 <= value <= 1.0:
        return float(value)
    return _MIDDLING


def _steps(value: Any, length: int) -> tuple[int, int] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    if not all(isinstance(step, int) and not isinstance(step, bool) for step in value):
        return None
    first, last = value
    return (first, last) if 1 <= first <= last <= length else None
