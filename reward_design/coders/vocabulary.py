"""What a task card lets one talk about: quantities of its fields, in the order of its goal.

Everything here is read off the card: kinds, units, missing values and names of fields, and the
position of their nouns in the goal sentence. No task is known by its id.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from alignenv.reward_design.coders import words
from alignenv.spec import Field
from alignenv.task import TaskCard

STEPS_REACH = 20.0
"""Length scale of a way in steps or cells: bounds of fields are often far from what occurs."""

LEVEL_NOUN = "goal"
"""What the stage is called when a task has plain numbers only."""


class Role(enum.StrEnum):
    """How a quantity behaves, which decides the forms a reward may take of it."""

    DISTANCE = "distance"
    FLAG = "flag"
    COUNT = "count"
    HAZARD = "hazard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One quantity of the state that a reward term can be about.

    Attributes:
        key: Unique name, also used in genomes.
        role: What kind of quantity it is.
        noun: Word of the goal it belongs to; empty for none.
        expression: Python text over the record `{s}`, a float or a bool.
        known: Python condition over `{s}` under which it has a value; empty for always.
        reach: Scale by which its values are divided.
        reached: Python comparison that a distance is as good as zero, such as "== 0".
        label: Short name for components.
        weight: Prior weight among the subjects of its noun.
        is_named: Whether it is about a value that the card names.
    """

    key: str
    role: Role
    noun: str
    expression: str
    label: str
    known: str = ""
    reach: float = 1.0
    reached: str = "== 0"
    weight: float = 1.0
    is_named: bool = False

    def text(self, record: str) -> str:
        """Expression over `prev`, `state` or `s`."""
        return self.expression.replace("{s}", record)

    def known_text(self, record: str) -> str:
        """Condition over `prev`, `state` or `s`; empty when it always has a value."""
        return self.known.replace("{s}", record)


class Vocabulary:
    """Subjects of a card, by the nouns of its goal in their order."""

    def __init__(self, card: TaskCard) -> None:
        self.card = card
        self._goal = words.read_goal(card.goal)
        subjects = [*self._scalars(), *self._pairs()]
        has_ways = any(s.role is Role.DISTANCE and s.noun for s in subjects)
        subjects += self._levels("" if has_ways else LEVEL_NOUN)
        self.subjects = {subject.key: subject for subject in subjects}

    @cached_property
    def nouns(self) -> tuple[str, ...]:
        """Nouns of the goal that some subject measures, in the order they are named."""
        found = {s.noun for s in self.subjects.values() if s.noun and s.role is not Role.HAZARD}
        return tuple(sorted(found - self._goal.avoided, key=self._goal.position))

    def about(self, noun: str, role: Role) -> tuple[Subject, ...]:
        """Subjects of one noun and role; the noun is empty for those without."""
        return tuple(s for s in self.subjects.values() if s.noun == noun and s.role is role)

    def ways(self, subject: Subject) -> tuple[Subject, ...]:
        """Distances on the way to a flag or count: of its noun, or else that share a word."""
        if subject.role is Role.DISTANCE:
            return ()
        if subject.noun:
            return self.about(subject.noun, Role.DISTANCE)
        names = words.things(subject.key)
        return tuple(s for s in self.about("", Role.DISTANCE) if names & words.things(s.key))

    def marks(self, noun: str) -> tuple[str, ...]:
        """Keys of subjects that can tell that a stage is done, the most telling first."""
        flags = [s for s in self.about(noun, Role.FLAG) if not words.is_approach(s.key)]
        is_first = noun == self.nouns[0]
        touches = [s for s in self.about("", Role.FLAG) if is_first and words.is_touch(s.key)]
        return tuple(s.key for s in [*flags, *touches, *self.about(noun, Role.DISTANCE)])

    def _scalars(self) -> Iterator[Subject]:
        for field in self.card.state:
            if field.kind == "bool":
                yield self._flag(field)
            elif field.kind == "int" and not words.is_fixed(field):
                yield from self._coded(field) if words.codes(field) else [self._count(field)]
            elif field.kind == "float" and words.is_distance(field):
                yield self._distance(field)

    def _flag(self, field: Field) -> Subject:
        noun = self._goal.noun(field.name)
        is_hazard = self._goal.avoids(field.name) or (not noun and words.is_bad(field.name))
        inverted = words.is_bad(field.name) and not is_hazard
        return Subject(
            key=field.name,
            role=Role.HAZARD if is_hazard else Role.FLAG,
            noun=noun,
            expression=f"not {{s}}.{field.name}" if inverted else f"{{s}}.{field.name}",
            label=f"not_{field.name}" if inverted else field.name,
        )

    def _coded(self, field: Field) -> Iterator[Subject]:
        """One flag per code that names something of the goal."""
        for code, word in words.codes(field):
            if noun := self._goal.noun(word):
                yield Subject(
                    key=f"{field.name}={code}",
                    role=Role.FLAG,
                    noun=noun,
                    expression=f"{{s}}.{field.name} == {code}",
                    label=f"{field.name}_{word}",
                )

    def _count(self, field: Field) -> Subject:
        return Subject(
            key=field.name,
            role=Role.COUNT,
            noun=self._goal.noun(field.name),
            expression=f"{{s}}.{field.name}",
            label=field.name,
        )

    def _distance(self, field: Field) -> Subject:
        known = f"{{s}}.{field.name} != {field.missing:g}" if field.missing is not None else ""
        if field.missing is not None and field.missing < 0:
            known = f"{{s}}.{field.name} >= 0"
        in_steps = words.is_counted(field)
        return Subject(
            key=field.name,
            role=Role.DISTANCE,
            noun=self._goal.noun(field.name),
            expression=f"{{s}}.{field.name}",
            known=known,
            label=words.strip_distance(field.name),
            reach=_reach(field.high, in_steps=in_steps),
            reached="== 0" if in_steps else f"<= {0.05 * _reach(field.high):g}",
            weight=4.0,
        )

    def _pairs(self) -> Iterator[Subject]:
        """Straight distances: the agent to each thing, and each thing to the next one named."""
        places = {f.name: f for f in self.card.state if words.is_place(f)}
        agent = next((name for name in places if words.is_agent(name)), None)
        things = [name for name in places if name != agent]
        things.sort(key=lambda name: self._goal.position(self._goal.noun(name)))
        named = [name for name in things if self._goal.noun(name)]
        pairs = [(agent, thing) for thing in things] if agent else []
        for start, end in [*pairs, *pairwise(named)]:
            if places[start].shape == places[end].shape:
                yield self._pair(places[start], places[end], by_agent=start == agent)

    def _pair(self, start: Field, end: Field, *, by_agent: bool) -> Subject:
        in_cells = words.is_counted(start)
        a, b = f"{{s}}.{start.name}", f"{{s}}.{end.name}"
        steps = " + ".join(f"abs({a}[{i}] - {b}[{i}])" for i in range(start.size))
        reach = _reach(max(start.high, end.high) - min(start.low, end.low), in_steps=in_cells)
        label = words.strip_place(end.name)
        return Subject(
            key=f"{start.name}~{end.name}",
            role=Role.DISTANCE,
            noun=self._goal.noun(end.name),
            expression=steps if in_cells else f"np.linalg.norm({a} - {b})",
            label=f"{label}_straight" if by_agent else f"{words.strip_place(start.name)}_{label}",
            reach=reach,
            reached="== 0" if in_cells else f"<= {0.05 * reach:g}",
            weight=1.0 if by_agent or not in_cells else 0.1,
        )

    def _levels(self, noun: str) -> Iterator[Subject]:
        """Distances of plain numbers from zero, from their bounds and from numbers in the text.

        They are the goal where nothing else is a way to it, and of no noun otherwise.
        """
        for field in self.card.state:
            if field.kind != "float" or words.is_distance(field):
                continue
            told = (*self._goal.numbers, *words.numbers(field.meaning))
            named = [x for x in told if field.low <= x <= field.high]
            bounds = [x for x in (field.low, field.high) if math.isfinite(x)]
            zero = [0.0] if field.low < 0.0 < field.high else []
            for target in dict.fromkeys([*named, *bounds, *zero]):
                yield _level(field, target, noun, is_named=target in named)


def _level(field: Field, target: float, noun: str, *, is_named: bool) -> Subject:
    """How far a number is from a value: short of it on its far side, on both sides of zero."""
    middle = (field.low + field.high) / 2 if math.isfinite(field.low + field.high) else 0.0
    value, reach = f"{{s}}.{field.name}", _reach(field.high - field.low)
    if target == 0.0:
        expression, reached = f"abs({value})", f"<= {0.05 * reach:g}"
    elif target > middle:
        expression, reached = f"max(0.0, {target:g} - {value})", "== 0"
    else:
        expression, reached = f"max(0.0, {value} - {target:g})".replace("- -", "+ "), "== 0"
    return Subject(
        key=f"{field.name}@{target:g}",
        role=Role.DISTANCE,
        noun=noun,
        expression=expression,
        label=f"{field.name}_{words.number_name(target)}",
        reach=reach,
        reached=reached,
        weight=4.0 if is_named else 1.0,
        is_named=is_named,
    )


def _reach(span: float, *, in_steps: bool = False) -> float:
    """A scale for a quantity of that range, short enough to read."""
    if in_steps:
        return min(span, STEPS_REACH)
    return float(f"{span:.3g}") if math.isfinite(span) else 1.0


def is_level(subject: Subject) -> bool:
    """Whether it is the distance of a plain number from a value, not of two places."""
    return "@" in subject.key


def level_distance(subject: Subject, value: float) -> float:
    """What the expression of a level says of a value."""
    gap = float(subject.key.partition("@")[2]) - value
    if subject.expression.startswith("abs"):
        return abs(gap)
    return max(0.0, gap if "- {s}" in subject.expression else -gap)


def pick_weights(subjects: Sequence[Subject]) -> list[float]:
    """Prior probabilities of subjects, summing to 1."""
    total = sum(s.weight for s in subjects)
    return [s.weight / total for s in subjects]
