"""What one training teaches the symbolic coder: which terms misbehave, and what is not done yet.

Everything is read from figures and episodes that any coder is shown: what the components paid,
and how the agent's own recorded episodes began and ended.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from alignenv.reward_design.coders import words
from alignenv.reward_design.coders.vocabulary import (
    Role,
    Subject,
    Vocabulary,
    is_level,
    level_distance,
)
from alignenv.reward_design.feedback import Verdict, judge_components
from alignenv.types import Episode, Evaluation

_KINDS = (Role.FLAG, Role.COUNT, Role.DISTANCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What to act on; nothing where nothing was shown.

    Attributes:
        verdicts: On components, by name.
        undone: Keys of flags and counts that stayed as they were in a failed episode, and of values
            that the card names and that were not reached: in the order in which the goal names
            them, those that it does not name last, flags before counts before values.
        order: Keys of flags that came about in it, in the order in which they first did.
        helpful: Keys of counts that are higher, and of distances that are shorter, where the agent
            truly gets further.
        harmful: Keys of those of which the contrary is true.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    undone: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    helpful: frozenset[str] = frozenset()
    harmful: frozenset[str] = frozenset()


def learn_from(evaluation: Evaluation, vocabulary: Vocabulary) -> Lessons:
    """The lessons of one training, from the agent's own episodes."""
    names = {spec.name for spec in vocabulary.card.state}
    told = [e for e in evaluation.episodes if e.states and names <= e.states[0].keys()]
    own = sorted((e for e in told if e.label != "reference"), key=lambda e: e.milestones)
    failed = [episode for episode in own if not episode.success]
    gains = _gains(own, vocabulary)
    order = _order(failed[-1], vocabulary) if failed else ()
    return Lessons(
        verdicts=judge_components(evaluation),
        undone=_undone(failed[-1], order, vocabulary) if failed else (),
        order=order,
        helpful=frozenset(key for key, gain in gains.items() if gain > 0),
        harmful=frozenset(key for key, gain in gains.items() if gain < 0),
    )


def _undone(episode: Episode, happened: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """What did not come about in an episode, by its states and by what is known to have."""
    stages = {noun: place for place, noun in enumerate((*vocabulary.nouns, ""))}
    wanted = [s for s in vocabulary.subjects.values() if s.noun in stages and _is_wanted(s)]
    left = [s for s in wanted if s.key not in happened and not _came_about(s, episode.states)]
    return tuple(s.key for s in sorted(left, key=lambda s: (stages[s.noun], _KINDS.index(s.role))))


def _is_wanted(subject: Subject) -> bool:
    """Whether it is something that can come about: a flag, a count, or a value that is named."""
    if subject.role is Role.DISTANCE:
        return is_level(subject) and subject.is_named and not subject.noun
    return subject.role in _KINDS and not words.is_approach(subject.key)


def _came_about(subject: Subject, states: Sequence[Mapping[str, Any]]) -> bool:
    values = [_value(subject, state) for state in states]
    if subject.role is Role.DISTANCE:
        return min(values) == 0.0
    return values[-1] != values[0] if subject.role is Role.COUNT else any(values)


def _order(episode: Episode, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Flags that came about, in order, by the events of the whole episode."""
    flags = {s.key: s for s in vocabulary.subjects.values() if s.role is Role.FLAG}
    changes = [(event, flags[event.field]) for event in episode.events if event.field in flags]
    done = [s.key for event, s in changes if event.change == ("off" if _is_inverted(s) else "on")]
    return tuple(dict.fromkeys(done))


def _gains(episodes: Sequence[Episode], vocabulary: Vocabulary) -> dict[str, float]:
    """By how much counts and distances end better in the furthest episode than in the other end.

    Args:
        episodes: In order of true progress.
        vocabulary: What there is to compare.
    """
    if not episodes or episodes[0].milestones == episodes[-1].milestones:
        return {}
    worst, best = episodes[0].states[-1], episodes[-1].states[-1]
    gains = {}
    for subject in vocabulary.subjects.values():
        if subject.role in (Role.COUNT, Role.DISTANCE):
            gain = _value(subject, best) - _value(subject, worst)
            gains[subject.key] = gain if subject.role is Role.COUNT else -gain
    return {key: gain for key, gain in gains.items() if math.isfinite(gain)}


def _value(subject: Subject, state: Mapping[str, Any]) -> float:
    """What a recorded state says of a subject: 0 or 1 of a flag, infinity of an unknown way."""
    if subject.role is Role.DISTANCE:
        return _distance(subject, state)
    name, _, code = subject.key.partition("=")
    value = float(state[name])
    if subject.role is Role.COUNT:
        return value
    is_on = value == float(code) if code else bool(value)
    return float(is_on != _is_inverted(subject))


def _is_inverted(flag: Subject) -> bool:
    return flag.expression.startswith("not ")


def _distance(subject: Subject, state: Mapping[str, Any]) -> float:
    start, is_pair, end = subject.key.partition("~")
    if is_pair:
        return math.dist(state[start], state[end])
    value = float(state[subject.key.partition("@")[0]])
    if is_level(subject):
        return level_distance(subject, value)
    return math.inf if subject.known and value < 0 else value
