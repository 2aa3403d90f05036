"""Candidates and trials as events, and back.

What clocks and machines decide is kept apart: processor seconds, the isolation tier, and the words
of failures that a limit or a machine caused. Two runs of one study agree on everything else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter

from alignenv.reward_design.study.events import Event, to_json
from alignenv.reward_design.study.files import to_bytes, to_text
from alignenv.types import Candidate, Episode, Evaluation, FailureKind, Trial

Put = Callable[[bytes], str]
Get = Callable[[str], bytes]

PROGRAM = "program.py"
EPISODES = "episodes.json"

BY_CLOCK_OR_MACHINE = frozenset(
    {FailureKind.TIMEOUT, FailureKind.MEMORY, FailureKind.CRASH, FailureKind.INFRASTRUCTURE}
)
"""Failures whose message may hold seconds, bytes or process ids."""

_CANDIDATE = TypeAdapter(Candidate)
_TRIAL = TypeAdapter(Trial)
_EPISODES = TypeAdapter(tuple[Episode, ...])


def candidate_event(candidate: Candidate, put: Put) -> Event:
    """The event of a proposed candidate; its program becomes a file."""
    document = asdict(candidate)
    source = document.pop("source")
    files = {PROGRAM: put(to_bytes(source))}
    return Event(kind="candidate", key=candidate.id, document=document, files=files)


def read_candidate(event: Event, get: Get) -> Candidate:
    """The candidate that `candidate_event` was made of."""
    source = to_text(get(event.files[PROGRAM]))
    return _CANDIDATE.validate_python({**event.document, "source": source})


def trial_event(trial: Trial, put: Put) -> Event:
    """The event of a candidate's outcome; its recorded episodes become a file."""
    document: dict[str, Any] = {"evaluation": None, "failure": None}
    files, volatile = {}, {}
    if trial.twin:
        document["twin"] = trial.twin
    if trial.analysis is not None:
        document["analysis"] = asdict(trial.analysis)
    if trial.failure is not None:
        document["failure"] = asdict(trial.failure)
        if trial.failure.kind in BY_CLOCK_OR_MACHINE:
            volatile["message"] = document["failure"].pop("message")
    if trial.evaluation is not None:
        document["evaluation"], volatile = _split(trial.evaluation)
        episodes = [asdict(episode) for episode in trial.evaluation.episodes]
        files[EPISODES] = put(to_json(episodes).encode())
    return Event(
        kind="trial", key=trial.candidate.id, document=document, files=files, volatile=volatile
    )


def _split(evaluation: Evaluation) -> tuple[dict[str, Any], dict[str, Any]]:
    facts = asdict(replace(evaluation, episodes=()))
    del facts["episodes"]
    return facts, {name: facts.pop(name) for name in ("cpu_s", "tier")}


def read_trial(event: Event, candidate: Candidate, get: Get) -> Trial:
    """The trial that `trial_event` was made of."""
    evaluation, failure = event.document["evaluation"], event.document["failure"]
    if evaluation is not None:
        episodes = _EPISODES.validate_python(json.loads(get(event.files[EPISODES])))
        evaluation = {**evaluation, **event.volatile, "episodes": episodes}
    if failure is not None:
        failure = {**failure, **event.volatile}
    told: Mapping[str, Any] = {
        "candidate": candidate,
        "evaluation": evaluation,
        "failure": failure,
        "analysis": event.document.get("analysis"),
        "twin": event.document.get("twin", ""),
    }
    return _TRIAL.validate_python(told)
