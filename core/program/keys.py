"""What stands between brackets: slices, and keys of dicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from alignenv.program.emitter import Assign, literal, number, truth
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.selecting import select_item
from alignenv.program.values import DefaultDict, Dict, Entry, Sym, Text, Unknown, Value, kind_of


@dataclass(frozen=True, slots=True)
class Slice:
    """`start:stop:step` with known bounds, or None where left out."""

    start: int | None = None
    stop: int | None = None
    step: int | None = None

    def places(self, n: int) -> range:
        """Positions in a sequence of length `n`."""
        return range(*slice(self.start, self.stop, self.step).indices(n))


@dataclass(frozen=True, slots=True)
class Span:
    """`start:stop` with a bound known at run time only."""

    start: Sym | int | None
    stop: Sym | int | None


@dataclass(frozen=True, slots=True)
class Rest:
    """`...` between brackets: all axes not named."""


Index: TypeAlias = "Value | Slice | Span | Rest"


def known_key(m: Machine, key: Index) -> str | float | tuple[Any, ...]:
    """A key of a dict that is known.

    Raises:
        Wrong: It is neither a string nor a number.
    """
    if isinstance(key, Sym | Text | Unknown):
        m.lose("a key is only known at run time")
    if isinstance(key, tuple):
        return tuple(known_key(m, part) for part in key)
    if isinstance(key, str | float | bool):
        return key
    what = "a slice" if isinstance(key, Slice | Span | Rest) else kind_of(key)
    raise Wrong("R037", f"A key must be a string or a number; this is {what}.")


def dict_item(m: Machine, base: Dict, index: Index) -> Value:
    """Value of `base[key]`."""
    entries: dict[object, Entry] = m.content(base)
    if isinstance(index, Sym | Text):
        place = find_key(m, entries, index)
        assert m.code is not None
        m.code.suspect(f"{place} < 0")
        values = [entry.value for entry in entries.values()]
        return select_item(m, [*values, *values[:1]], place)
    key = known_key(m, index)
    if key not in entries:
        if m.code is None:
            m.fault("E023", f"the dict has no key {key!r}")
        shown = ", ".join(str(k) for k in entries) or "none"
        raise Wrong("R046", f"The dict has no key {key!r}.", f"Its keys are: {shown}.")
    entry = entries[key]
    if entry.present is not True:
        assert m.code is not None
        m.code.suspect(f"not {truth(entry.present)}")
    return entry.value


def made_item(m: Machine, base: DefaultDict, index: Index) -> Value:
    """An item of a `defaultdict`: reading a missing key makes it."""
    from alignenv.program.calls import invoke
    from alignenv.program.storing import set_key

    key, entries = known_key(m, index), m.content(base)
    present = entries[key].present if key in entries else False
    if base.make is not None:
        m.branch(m.op("not", present), lambda: set_key(m, base, index, invoke(m, base.make, [])))
    return dict_item(m, base, index)


def find_key(m: Machine, entries: dict[Any, Entry], key: Sym | Text) -> str:
    """Variable with the place of a key known at run time, -1 where there is none."""
    assert m.code is not None
    if any(entry.present is not True for entry in entries.values()):
        m.lose("a dict with uncertain keys is read at run time")
    place = m.code.fresh("j")
    text = "-1"
    for i, known in reversed(list(enumerate(entries))):
        if isinstance(key, Sym) and isinstance(known, float):
            text = f"({i} if {number(key)} == {literal(known)} else {text})"
        elif isinstance(key, Text) and isinstance(known, str):
            text = f"({i} if {key.code.text} == {m.code.string(known)} else {text})"
    m.code.add(Assign(place, text))
    return place
