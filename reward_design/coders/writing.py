"""Writes a genome down as a readable reward program."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from alignenv.reward_design.coders.genome import Gene, Genome, component, encode
from alignenv.reward_design.coders.vocabulary import Role, Subject, Vocabulary

_INDENT = "    "
_INLINE = 92


class _Value(NamedTuple):
    """A term: its value where all conditions hold, and otherwise."""

    text: str
    conditions: tuple[str, ...] = ()
    otherwise: str = "0.0"


def write_program(genome: Genome, vocabulary: Vocabulary) -> str:
    """Text of the program, with its genome in the last comment lines."""
    writer = _Writer(genome, vocabulary)
    body = writer.potential() if genome.is_potential else writer.reward()
    return "\n\n".join([*writer.helpers(body), body, encode(genome)])


class _Writer:
    def __init__(self, genome: Genome, vocabulary: Vocabulary) -> None:
        self._genome, self._vocabulary = genome, vocabulary
        self._nouns = [stage.noun for stage in genome.stages]

    def potential(self) -> str:
        last = len(self._nouns)
        return (
            f"def potential(state):\n"
            f'{_INDENT}"""{self._summary()}"""\n'
            f"{_INDENT}return {self._genome.weight} * (ladder(state) - {last})\n"
        )

    def reward(self) -> str:
        names = {component(g, self._vocabulary): g for g in self._genome.genes}
        lines = ["def reward(prev, action, state):", f'{_INDENT}"""{self._summary()}"""']
        for name, gene in names.items():
            lines += [_INDENT + line for line in self._term(name, gene)]
        lines += _wrapped_sum(list(names))
        lines.append(f"{_INDENT}return total, {{")
        lines += [f'{_INDENT * 2}"{name}": {name},' for name in names]
        lines.append(f"{_INDENT}}}")
        return "\n".join(lines) + "\n"

    def helpers(self, body: str) -> list[str]:
        """The functions that the body needs, each before its first use."""
        texts: list[str] = []
        if "ladder(" in body:
            texts.insert(0, self._ladder())
        if "stage(" in body + "".join(texts):
            texts.insert(0, self._stage())
        used = body + "".join(texts)
        for subject in self._vocabulary.subjects.values():
            if _is_compound(subject) and f"{subject.label}(" in used:
                texts.insert(0, f"def {subject.label}(s):\n{_INDENT}return {subject.text('s')}\n")
        return texts

    def _summary(self) -> str:
        if not self._nouns:
            return "Terms over the fields of the record."
        return f"Towards {', then '.join(self._nouns)}."

    def _stage(self) -> str:
        lines = ["def stage(s):", f'{_INDENT}"""How many stages are done, told by the last one."""']
        for index in range(len(self._genome.stages), 0, -1):
            if mark := self._genome.stages[index - 1].mark:
                condition = _is_done(self._vocabulary.subjects[mark], "s")
                lines += [f"{_INDENT}if {condition}:", f"{_INDENT * 2}return {index}"]
        return "\n".join([*lines, f"{_INDENT}return 0"]) + "\n"

    def _ladder(self) -> str:
        lines = [
            "def ladder(s):",
            f'{_INDENT}"""Stages done, plus the share of the way through the present one."""',
            f"{_INDENT}done = stage(s)",
        ]
        # Stages that nothing tells apart are passed together: the last one has the say.
        ways = {self._start(noun): way for noun in self._nouns if (way := self._way(noun))}
        for start, way in ways.items():
            condition = " and ".join(filter(None, (f"done == {start}", way.known_text("s"))))
            lines += [
                f"{_INDENT}if {condition}:",
                f"{_INDENT * 2}return {start} + max(0.0, 1.0 - {_scaled(way, 's')})",
            ]
        return "\n".join([*lines, f"{_INDENT}return 1.0 * done"]) + "\n"

    def _way(self, noun: str) -> Subject | None:
        """The distance of a stage that its genes use, or else the likeliest."""
        ways = self._vocabulary.about(noun, Role.DISTANCE)
        used = {gene.subject for gene in self._genome.genes}
        return max(ways, key=lambda s: (s.key in used, s.weight), default=None)

    def _start(self, noun: str) -> int:
        """What `stage` returns while the agent works on a noun: the last mark before it."""
        index = self._nouns.index(noun)
        marked = [i + 1 for i in range(index) if self._genome.stages[i].mark]
        return max(marked, default=0)

    def _term(self, name: str, gene: Gene) -> list[str]:
        """Statements that leave the term's value in a variable of its name."""
        weight = str(gene.weight)
        if not gene.subject:
            return [f"{name} = {self._whole(gene.form, weight)}"]
        subject = self._vocabulary.subjects[gene.subject]
        if gene.form == "distance" and gene.gated:
            return self._staged_cost(name, subject, weight)
        value = _FORMS[gene.form](subject, weight)
        gate = self._gate(subject, gene.form) if gene.gated else ()
        conditions = [c for c in (*gate, *value.conditions) if c]
        condition = " and ".join(conditions)
        if not conditions:
            return [f"{name} = {value.text}"]
        line = f"{name} = {value.text} if {condition} else {value.otherwise}"
        if len(line) <= _INLINE:
            return [line]
        opened = [_INDENT * i + f"if {c}:" for i, c in enumerate(conditions)]
        last = _INDENT * len(conditions) + f"{name} = {value.text}"
        return [f"{name} = {value.otherwise}", *opened, last]

    def _whole(self, form: str, weight: str) -> str:
        """Value of a term that is about no single subject."""
        if form == "progress":
            return f"{weight} * (ladder(state) - ladder(prev))"
        if form == "lag":
            return f"-{weight} * ({len(self._nouns)} - ladder(state))"
        return f"-{weight}"

    def _gate(self, subject: Subject, form: str) -> tuple[str, ...]:
        start = self._start(subject.noun)
        if form == "approach":
            return (f"stage(prev) == {start} and stage(state) == {start}",)
        return (f"stage(state) == {start}",)

    def _staged_cost(self, name: str, subject: Subject, weight: str) -> list[str]:
        """Full cost before the stage, the distance in it, nothing after it."""
        start = self._start(subject.noun)
        known = f" and {subject.known_text('state')}" if subject.known else ""
        return [
            f"{name} = 0.0 if stage(state) > {start} else -{weight}",
            f"if stage(state) == {start}{known}:",
            f"{_INDENT}{name} = -{weight} * {_scaled(subject, 'state')}",
        ]


def _wrapped_sum(names: list[str]) -> list[str]:
    line = f"{_INDENT}total = {' + '.join(names)}"
    if len(line) <= _INLINE:
        return [line]
    rest = [f"{_INDENT * 2}+ {name}" for name in names[1:]]
    return [f"{_INDENT}total = (", f"{_INDENT * 2}{names[0]}", *rest, f"{_INDENT})"]


def _is_compound(subject: Subject) -> bool:
    """Whether a quantity is computed, so that it gets a function of its own."""
    return subject.role is Role.DISTANCE and "(" in subject.expression


def _text(subject: Subject, record: str) -> str:
    if _is_compound(subject):
        return f"{subject.label}({record})"
    return subject.text(record)


def _scaled(subject: Subject, record: str) -> str:
    return f"{_text(subject, record)}{_per_reach(subject)}"


def _per_reach(subject: Subject) -> str:
    """Division by the scale of a quantity, where that is not 1."""
    return "" if subject.reach == 1 else f" / {float(subject.reach)}"


def _is_done(subject: Subject, record: str) -> str:
    text = _text(subject, record)
    if subject.role is not Role.DISTANCE:
        return text
    # An unknown distance is never equal to zero, but it may be less than a small one.
    is_exact = subject.reached.startswith("==")
    known = f"{subject.known_text(record)} and " if subject.known and not is_exact else ""
    return f"{known}{text} {subject.reached}"


def _known_in_both(subject: Subject) -> tuple[str, ...]:
    if not subject.known:
        return ()
    return (f"{subject.known_text('prev')} and {subject.known_text('state')}",)


def _approach(s: Subject, weight: str) -> _Value:
    text = f"{weight} * ({_text(s, 'prev')} - {_text(s, 'state')}){_per_reach(s)}"
    return _Value(text, _known_in_both(s))


def _growth(s: Subject, weight: str) -> _Value:
    text = f"{weight} * ({_text(s, 'state')} - {_text(s, 'prev')}){_per_reach(s)}"
    return _Value(text, _known_in_both(s))


def _distance(s: Subject, weight: str) -> _Value:
    text = f"-{weight} * {_scaled(s, 'state')}"
    return _Value(text, (s.known_text("state"),), otherwise=f"-{weight}")


def _away(s: Subject, weight: str) -> _Value:
    return _Value(f"{weight} * {_scaled(s, 'state')}", (s.known_text("state"),))


def _closeness(s: Subject, weight: str) -> _Value:
    text = f"{weight} * np.exp(-{_text(s, 'state')} / {s.reach / 8:g})"
    return _Value(text, (s.known_text("state"),))


def _arrival(s: Subject, weight: str) -> _Value:
    return _Value(weight, (f"{_is_done(s, 'state')} and not ({_is_done(s, 'prev')})",))


def _change(s: Subject, weight: str) -> _Value:
    if s.role is Role.COUNT:
        return _Value(f"{weight} * ({_text(s, 'state')} - {_text(s, 'prev')}){_per_reach(s)}")
    return _Value(f"{weight} * ({_number(s, 'state')} - {_number(s, 'prev')})")


def _event(s: Subject, weight: str) -> _Value:
    if s.role is Role.COUNT:
        return _Value(weight, (f"{_text(s, 'state')} > {_text(s, 'prev')}",))
    return _Value(weight, (f"{_text(s, 'state')} and {_negated(s, 'prev')}",))


def _hold(s: Subject, weight: str) -> _Value:
    if s.role is Role.COUNT:
        return _Value(f"{weight} * {_scaled(s, 'state')}")
    return _Value(weight, (_text(s, "state"),))


def _penalty(s: Subject, weight: str) -> _Value:
    return _Value(f"-{weight}", (_text(s, "state"),))


_FORMS: dict[str, Callable[[Subject, str], _Value]] = {
    "approach": _approach,
    "growth": _growth,
    "distance": _distance,
    "away": _away,
    "closeness": _closeness,
    "arrival": _arrival,
    "change": _change,
    "loss": _approach,
    "event": _event,
    "hold": _hold,
    "penalty": _penalty,
    "fatal": _penalty,
}


def _negated(subject: Subject, record: str) -> str:
    """A flag that is off."""
    text = _text(subject, record)
    if text.startswith("not "):
        return text.removeprefix("not ")
    return f"not ({text})" if " " in text else f"not {text}"


def _number(subject: Subject, record: str) -> str:
    """A flag as 1.0 or 0.0."""
    return f"(1.0 if {_text(subject, record)} else 0.0)"
