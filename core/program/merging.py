"""Joins paths of a program: one value for what differs between them.

A value that is the same on all paths stays. Scalars that differ become a variable which each path
assigns. Lists and dicts of different length get entries that are present on some paths only.
What cannot be joined makes the program interpreted only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from alignenv.program.emitter import Assign, Block, Emitter, Nest, number, truth
from alignenv.program.values import (
    UNBOUND,
    UNKNOWN,
    Array,
    Box,
    Closure,
    DefaultDict,
    Dict,
    Entry,
    List,
    Maybe,
    Memory,
    Scalar,
    Scope,
    Shuffled,
    Sym,
    Text,
    Unbound,
    Unknown,
    Value,
    is_scalar,
    kind_of,
)

MERGED = "merged"
"""`Box.frozen` of a box that stands for several: reading is exact, changing is not followed."""
_MAX_LEAVES = 128
_MAX_FLAT = 8
_MAX_FLAT_PHIS = 2


@dataclass(slots=True, eq=False)
class Edge:
    """One path into a join.

    Attributes:
        block: Where its code ends.
        changes: Content of each box that it changed.
        tail: Lines that leave the block, such as `break`.
    """

    block: Block
    changes: dict[Box, Any]
    tail: tuple[str, ...] = ()

    def view(self, box: Box) -> Any:
        """Content of a box at the end of this path."""
        return self.changes.get(box, box.state)


@dataclass(slots=True)
class Phi:
    """A variable that each path assigns before the join."""

    name: str
    is_bool: bool
    values: tuple[Scalar, ...]


@dataclass(slots=True)
class Merger:
    """Joins the given paths.

    Attributes:
        code: Source of fresh names.
        edges: The paths.
        born: Boxes born later exist on one path only.
        tick: Counts work.
        kept: Variables of a loop whose first path is the loop's own start; they are reused.
        grew: Whether a variable beyond `kept` was needed, or a structure changed.
    """

    code: Emitter
    edges: Sequence[Edge]
    born: int
    tick: Callable[[], None]
    kept: frozenset[str] | None = None
    grew: bool = False
    phis: list[Phi] = field(default_factory=list)
    _boxes: dict[tuple[int, ...], Value] = field(default_factory=dict)
    _owner: dict[int, tuple[int, ...]] = field(default_factory=dict)
    _scalars: dict[tuple[Any, ...], Sym] = field(default_factory=dict)
    _blanks: list[Value] = field(default_factory=list)

    def changed(self) -> list[Box]:
        """Boxes older than the join that some path changed, in order of change."""
        boxes = dict.fromkeys(box for edge in self.edges for box in edge.changes)
        return [box for box in boxes if box.born < self.born]

    def content(self, box: Box) -> Any:
        """Joined content of one box."""
        return self._content(box, [edge.view(box) for edge in self.edges])

    def _content(self, box: Box, states: list[Any]) -> Any:
        if any(isinstance(state, Unknown) for state in states):
            return UNKNOWN
        if isinstance(box, Scope):
            names = dict.fromkeys(name for state in states for name in state)
            return {n: self.value([s.get(n, UNBOUND) for s in states], n) for n in names}
        if isinstance(box, List):
            return self._list(states)
        if isinstance(box, Dict):
            return self._dict(states)
        if isinstance(box, Array):
            return self._elements(states, box.size)
        return self.value(states)

    def value(self, values: list[Value], name: str = "") -> Value:
        """Joined value."""
        self.tick()
        first = values[0]
        if all(value is first for value in values[1:]):
            return first
        marks = [value for value in values if isinstance(value, Unknown | Unbound)]
        if marks:
            return UNKNOWN if UNKNOWN in marks else UNBOUND
        scalars = [value for value in values if is_scalar(value)]
        if len(scalars) == len(values):
            return self.scalar(scalars)
        return self._structure(values, name)

    def _structure(self, values: list[Value], name: str) -> Value:
        n, first = len(values), values[0]
        texts = [value for value in values if isinstance(value, str | Text)]
        tuples = [value for value in values if isinstance(value, tuple)]
        boxes = [value for value in values if isinstance(value, Array | List | Dict)]
        if len(texts) == n:
            return self._text(texts)
        if any(value is None or isinstance(value, Maybe) for value in values):
            return self._maybe(values, name)
        if len(tuples) == n and len({len(value) for value in tuples}) == 1:
            return tuple(self.value(list(c), name) for c in zip(*tuples, strict=True))
        if len(boxes) == n and len({type(value) for value in boxes}) == 1:
            return self._box(boxes, name)
        if all(_same(first, value) for value in values[1:]):
            return first
        return self._lost(name, " and ".join(dict.fromkeys(kind_of(v) for v in values)))

    def scalar(self, values: Sequence[Scalar]) -> Scalar:
        """Joined number or truth value."""
        first = values[0]
        if all(_key(value) == _key(first) for value in values[1:]):
            return first
        is_bool = all(v.is_bool if isinstance(v, Sym) else isinstance(v, bool) for v in values)
        key = tuple(_key(value) for value in values)
        if key in self._scalars:
            return self._scalars[key]
        if (
            self.kept is not None
            and isinstance(first, Sym)
            and first.text in self.kept
            and (is_bool or not first.is_bool)
        ):
            joined = Sym(first.text, first.is_bool)
        else:
            self.grew = True
            joined = Sym(self.code.fresh("m"), is_bool)
        self.phis.append(Phi(joined.text, joined.is_bool, tuple(values)))
        self._scalars[key] = joined
        return joined

    def _maybe(self, values: list[Value], name: str) -> Value:
        inner = [value.value if isinstance(value, Maybe) else value for value in values]
        kinds = {_shape(value) for value in inner if value is not None}
        if len(kinds) != 1 or None in kinds:
            found = [kind_of(None), *(kind_of(v) for v in inner if v is not None)]
            return self._lost(name, " and ".join(dict.fromkeys(found)))
        there = next(value for value in inner if value is not None)
        filled = [_blank(there) if value is None else value for value in inner]
        self._blanks.extend(filled)
        flags = [v.is_none if isinstance(v, Maybe) else v is None for v in values]
        return Maybe(self.value(filled, name), self.scalar(flags))

    def _text(self, values: list[str | Text]) -> Value:
        if len(set(values)) == 1:
            return values[0]
        codes = [v.code if isinstance(v, Text) else self.code.string(v) for v in values]
        joined = self.scalar(codes)
        assert isinstance(joined, Sym)
        options = [v.options if isinstance(v, Text) else (v,) for v in values]
        return Text(joined, tuple(dict.fromkeys(text for each in options for text in each)))

    def _lost(self, name: str, what: str) -> Unknown:
        subject = f"`{name}`" if name else "a value"
        self.code.give_up(f"{subject} is {what}, depending on the path")
        return UNKNOWN

    def _box(self, values: Sequence[Array | List | Dict], name: str) -> Value:
        key = tuple(id(value) for value in values)
        if key in self._boxes:
            return self._boxes[key]
        if any(self._owner.setdefault(id(value), key) != key for value in values):
            return self._lost(name, "shared between paths")
        if len({value.shape for value in values if isinstance(value, Array)}) > 1:
            return self._lost(name, "an array of different shapes")
        first = values[0]
        joined: Array | List | Dict
        if isinstance(first, Array):
            joined = Array(first.shape, (), self.born)
        else:
            joined = type(first)(None, self.born)
        if isinstance(first, DefaultDict) and isinstance(joined, DefaultDict):
            joined.make = first.make
        self._boxes[key] = joined
        states = [edge.view(value) for edge, value in zip(self.edges, values, strict=True)]
        joined.state = self._content(first, states)
        fresh = all(value.born >= self.born and not value.frozen for value in values)
        joined.frozen = "" if fresh else MERGED
        return joined

    def _elements(self, states: list[Any], size: int) -> Any:
        if all(state == states[0] for state in states[1:]):
            return states[0]
        if size > _MAX_LEAVES:
            return self._lost("", "a large array of different content")
        columns = zip(*(_leaves(state, size) for state in states), strict=True)
        return tuple(self.scalar(column) for column in columns)

    def _list(self, states: list[tuple[Entry, ...]]) -> Any:
        longest = max(states, key=len)
        if any(len(state) < len(longest) for state in states) and self.kept is not None:
            return self._lost("", "a list that grows in a loop")
        columns = []
        for i, entry in enumerate(longest):
            absent = Entry(_zero(entry.value), False)
            columns.append([state[i] if i < len(state) else absent for state in states])
        return tuple(self._entry(column) for column in columns)

    def _dict(self, states: list[dict[Any, Entry]]) -> Any:
        order = _merged_order([list(state) for state in states])
        shuffled = order is None or any(isinstance(state, Shuffled) for state in states)
        if order is None:
            order = list(dict.fromkeys(key for state in states for key in state))
        if any(len(state) < len(order) for state in states) and self.kept is not None:
            return self._lost("", "a dict that grows in a loop")
        joined = {}
        for key in order:
            there = next(state[key] for state in states if key in state)
            absent = Entry(_zero(there.value), False)
            joined[key] = self._entry([state.get(key, absent) for state in states])
        return Shuffled(joined) if shuffled else joined

    def _entry(self, entries: list[Entry]) -> Entry:
        value = self.value([entry.value for entry in entries])
        return Entry(value, self.scalar([entry.present for entry in entries]))


def assign(code: Emitter, phis: Sequence[Phi], index: int, block: Block) -> None:
    """Set the variables of a join at the end of one path, as if all at once."""
    pairs = [
        (phi.name, truth(phi.values[index]) if phi.is_bool else number(phi.values[index]))
        for phi in phis
    ]
    pairs = [(name, text) for name, text in pairs if name != text]
    targets = {name for name, _ in pairs}
    if any(target in text for _, text in pairs for target in targets):
        held = [(code.fresh("q"), text) for _, text in pairs]
        for name, text in held:
            code.add(Assign(name, text), block)
        pairs = [(name, q) for (name, _), (q, _) in zip(pairs, held, strict=True)]
    for name, text in pairs:
        code.add(Assign(name, text), block)


@dataclass(slots=True, eq=False)
class Fork:
    """Both blocks of an `if` in the generated code."""

    condition: str
    yes: Block
    no: Block


def flatten(fork: Fork, block: Block, edges: Sequence[Edge], phis: Sequence[Phi]) -> bool:
    """Replace a short `if` without effects by selections: numba compiles those faster."""
    lines = [*fork.yes.lines, *fork.no.lines]
    short = len(lines) <= _MAX_FLAT and len(phis) <= _MAX_FLAT_PHIS
    direct = [edge.block for edge in edges] == [fork.yes, fork.no]
    if not (short and direct and all(isinstance(line, Assign) for line in lines)):
        return False
    while block.lines and isinstance(block.lines[-1], Nest):
        if block.lines.pop().block is fork.yes:  # type: ignore[union-attr]
            break
    block.lines.extend(lines)
    for phi in phis:
        spell = truth if phi.is_bool else number
        block.lines.append(Assign(phi.name, _choice(fork.condition, *map(spell, phi.values))))
    return True


def _choice(condition: str, yes: str, no: str) -> str:
    if no == "False":
        return f"{condition} & {yes}"
    if yes == "True":
        return f"{condition} | {no}"
    return f"{yes} if {condition} else {no}"


def _key(value: Scalar) -> Any:
    return value if isinstance(value, Sym) else (type(value), repr(value))


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, Closure) and isinstance(b, Closure):
        same_defaults = a.defaults.keys() == b.defaults.keys() and all(
            a.defaults[k] is b.defaults[k] for k in a.defaults
        )
        return a.node is b.node and a.scope is b.scope and same_defaults
    return a == b


def _zero(value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(_zero(item) for item in value)
    if isinstance(value, Sym):
        return False if value.is_bool else 0.0
    return value


def _shape(value: Value) -> Any:
    """What must be equal for values to be joined beside None; None where they cannot be."""
    if is_scalar(value):
        return ()
    if isinstance(value, Array):
        return ("array", value.shape)
    if isinstance(value, tuple):
        parts = tuple(_shape(item) for item in value)
        return None if None in parts else ("tuple", parts)
    return None


def _blank(value: Value) -> Value:
    """A stand-in of the same shape, for the paths where the value is None."""
    if isinstance(value, Array):
        return Array(value.shape, (0.0,) * value.size, value.born)
    if isinstance(value, tuple):
        return tuple(_blank(item) for item in value)
    return False if isinstance(value, bool) or (isinstance(value, Sym) and value.is_bool) else 0.0


def _leaves(state: Any, size: int) -> tuple[Scalar, ...]:
    if not isinstance(state, Memory):
        return tuple(state)
    leaves = []
    for i in range(size):
        place = f"{state.offset + i}" + (f" + {state.moving}" if state.moving else "")
        text = f"{state.buffer}[{place}]" if state.buffer in "cw" else f"{state.buffer}[i, {place}]"
        leaves.append(Sym(f"({text} != 0.0)" if state.is_bool else text, state.is_bool))
    return tuple(leaves)


def _merged_order(sequences: list[list[Any]]) -> list[Any] | None:
    order: list[Any] = []
    for keys in sequences:
        place = 0
        for key in keys:
            if key in order:
                place = order.index(key) + 1
            else:
                order.insert(place, key)
                place += 1
    ranks = {key: i for i, key in enumerate(order)}
    fits = all([ranks[k] for k in keys] == sorted(ranks[k] for k in keys) for keys in sequences)
    return order if fits else None
