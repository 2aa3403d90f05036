"""`x[i]` and `x[i] = v` for arrays, lists, tuples and dicts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

from alignenv.program import limits
from alignenv.program.arithmetic import as_array, broadcast, is_bool, plain, spread
from alignenv.program.emitter import Assign, literal, number, truth
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import (
    Array,
    Dict,
    Entry,
    List,
    Memory,
    Record,
    Scalar,
    Sym,
    Text,
    Unknown,
    Value,
    is_scalar,
    kind_of,
)


@dataclass(frozen=True, slots=True)
class Slice:
    """`start:stop:step` with known bounds, or None where left out."""

    start: int | None = None
    stop: int | None = None
    step: int | None = None

    def places(self, n: int) -> range:
        """Positions in a sequence of length `n`."""
        return range(*slice(self.start, self.stop, self.step).indices(n))


Index: TypeAlias = "Value | Slice"
_VIEW = "R050"
_MAX_SELECT = 64


def get_item(m: Machine, base: Value, index: Index) -> Value:
    """Value of `base[index]`."""
    if isinstance(base, Unknown) or isinstance(index, Unknown):
        return m.lose("an index is only known at run time")
    if isinstance(base, Array):
        return _array_item(m, base, index if isinstance(index, tuple) else (index,))
    if isinstance(base, Dict):
        return dict_item(m, base, index)
    if isinstance(base, Record):
        raise Wrong(
            "R037",
            "A state record has no items.",
            f"Write state.NAME; the fields are {', '.join(base.names)}.",
        )
    if not isinstance(base, tuple | List):
        raise Wrong("R037", f"{kind_of(base).capitalize()} has no items.")
    items = list(base) if isinstance(base, tuple) else plain(m, m.content(base))
    if isinstance(index, Slice):
        chosen = [items[i] for i in index.places(len(items))]
        return tuple(chosen) if isinstance(base, tuple) else m.list(chosen)
    place = position(m, index, len(items))
    return items[place] if isinstance(place, int) else select_item(m, items, place)


def position(m: Machine, index: Index, n: int) -> int | str:
    """Place of an index in a sequence of length `n`: known, or a variable of the code."""
    if not is_scalar(index):  # type: ignore[arg-type]
        m.not_a_number(index)  # type: ignore[arg-type]
    if isinstance(index, Sym):
        return _position_at_run_time(m, index, n)
    value = float(index)  # type: ignore[arg-type]
    if not value.is_integer() or not -n <= value < n:
        if math.isfinite(value) and m.code is not None:
            raise Wrong("R046", f"There is no index {value:g} in a sequence of length {n}.")
        m.fault("E023", f"there is no index {value:g} in a sequence of length {n}")
        return 0
    return int(value) % n


def _position_at_run_time(m: Machine, index: Sym, n: int) -> str:
    assert m.code is not None
    if index.whole and 0 <= index.whole.low and index.whole.high < n:
        return index.whole.text
    place, text = m.code.fresh("j"), number(index)
    inside = f"({text} >= {float(-n)!r}) & ({text} < {float(n)!r})"
    raw = m.code.let(f"int({text}) if {inside} else 0").text
    m.code.suspect(f"{raw} != {text}")
    m.code.add(Assign(place, f"{raw} + {n} if {raw} < 0 else {raw}"))
    return place


def select_item(m: Machine, items: list[Value], place: str) -> Value:
    """The item at a place known at run time; all items must have one structure."""
    assert m.code is not None
    m.tick(len(items))
    if not items:
        m.fault("E023", "the sequence is empty")
        return 0.0
    if len(items) > _MAX_SELECT * 2:
        m.lose("a long list is indexed at run time")
    if all(is_scalar(item) for item in items):
        bools = all(is_bool(item) for item in items)  # type: ignore[arg-type]
        spell = truth if bools else number
        texts = [spell(item) for item in items]  # type: ignore[arg-type]
        if len(set(texts)) == 1:
            return items[0]
        return m.code.let(f"({', '.join(texts)},)[{place}]", is_bool=bools)
    if all(isinstance(item, tuple) for item in items):
        columns = list(zip(*items, strict=False))  # type: ignore[arg-type]
        if all(len(item) == len(columns) for item in items):  # type: ignore[arg-type]
            return tuple(select_item(m, list(column), place) for column in columns)
    if all(isinstance(item, Array) for item in items) and len({i.shape for i in items}) == 1:  # type: ignore[union-attr]
        rows = [m.leaves(item) for item in items]  # type: ignore[arg-type]
        leaves = [select_item(m, list(column), place) for column in zip(*rows, strict=True)]
        return _view(m, items[0].shape, tuple(leaves))  # type: ignore[union-attr, arg-type]
    if all(isinstance(item, List) for item in items):
        rows = [plain(m, m.content(item)) for item in items]  # type: ignore[arg-type, misc]
        if len({len(row) for row in rows}) == 1:
            chosen = [select_item(m, list(c), place) for c in zip(*rows, strict=True)]
            joined = m.list(chosen)
            joined.frozen = _VIEW
            return joined
    return m.lose("items of different kinds are chosen at run time")


def _view(m: Machine, shape: tuple[int, ...], state: tuple[Scalar, ...] | Memory) -> Value:
    """Part of an array; numpy would share its memory, so it must not be changed."""
    if not shape:
        return m.code.load(state) if isinstance(state, Memory) and m.code else state[0]  # type: ignore[index]
    array = m.array(shape, state)
    array.frozen = _VIEW
    return array


def _array_item(m: Machine, base: Array, index: tuple[Index, ...]) -> Value:
    if len(index) == 1 and isinstance(index[0], Array | List):
        return _gather(m, base, index[0])
    axes = _axes(index, len(base.shape))
    n_scalars = next((i for i, part in enumerate(axes) if not is_scalar(part)), len(axes))  # type: ignore[arg-type]
    plain_rest = all(part == Slice() for part in axes[n_scalars:])
    if isinstance(m.content(base), Memory) and n_scalars and plain_rest:
        return _memory_item(m, base, axes[:n_scalars])  # type: ignore[arg-type]
    places, shape, moves = _places(m, base, axes)
    if not moves:
        return _view(m, shape, _pick(m, base, places))
    leaves = m.leaves(base)
    return _view(m, shape, tuple(_moved(m, leaves, place, moves) for place in places))


def _pick(m: Machine, base: Array, places: list[int]) -> tuple[Scalar, ...] | Memory:
    """Elements at known places; a long stretch of a large array stays in memory."""
    state = m.content(base)
    if not isinstance(state, Memory):
        return tuple(state[place] for place in places)
    assert m.code is not None
    stretch = bool(places) and places == list(range(places[0], places[0] + len(places)))
    if stretch and len(places) > limits.REGISTERS:
        return Memory(state.buffer, state.offset + places[0], state.moving, state.is_bool)
    return tuple(m.code.load(state, place) for place in places)


def _axes(index: tuple[Index, ...], rank: int) -> list[Index]:
    """One entry per axis, `None` for a new axis; an ellipsis and a short index are filled up."""
    given = sum(1 for part in index if part is not None and part is not Ellipsis)
    if given > rank:
        raise Wrong("R046", f"{given} indices for an array of {rank} dimensions.")
    fill: list[Index] = [Slice()] * (rank - given)
    axes: list[Index] = []
    for part in index:
        axes.extend(fill if part is Ellipsis else [part])
    return axes if Ellipsis in index else axes + fill


def _memory_item(m: Machine, base: Array, index: list[Scalar]) -> Value:
    assert m.code is not None
    memory = m.content(base)
    offset, moving, rest = memory.offset, memory.moving, base.size
    for size, part in zip(base.shape, index, strict=False):
        rest //= size
        place = position(m, part, size)
        if isinstance(place, int):
            offset += place * rest
        else:
            step = f"{place} * {rest}" if rest > 1 else place
            moving = f"{moving} + {step}" if moving else step
    shape = base.shape[len(index) :]
    part_of = Memory(memory.buffer, offset, moving, memory.is_bool)
    if not shape:
        return m.code.load(part_of)
    if moving and not moving.isidentifier():
        part_of = Memory(memory.buffer, offset, _held(m, moving), memory.is_bool)
    return _view(m, shape, part_of)


def _held(m: Machine, text: str) -> str:
    assert m.code is not None
    name = m.code.fresh("o")
    m.code.add(Assign(name, text))
    return name


@dataclass(frozen=True, slots=True)
class _Move:
    """An index known at run time: its variable, and what it moves over."""

    place: str
    stride: int
    size: int


def _places(
    m: Machine, base: Array, axes: list[Index]
) -> tuple[list[int], tuple[int, ...], list[_Move]]:
    """Flat positions that an index picks, the shape they form, and what moves them."""
    found, shape, stride = [0], [], base.size
    moves: list[_Move] = []
    sizes = iter(base.shape)
    for part in axes:
        if part is None:
            shape.append(1)
            continue
        size = next(sizes)
        stride //= max(size, 1)
        if isinstance(part, Slice):
            steps = part.places(size)
            shape.append(len(steps))
            found = [place + i * stride for place in found for i in steps]
            continue
        place = position(m, part, size)
        if isinstance(place, int):
            found = [start + place * stride for start in found]
        else:
            moves.append(_Move(place, stride, size))
    return found, tuple(shape), moves


def _moved(m: Machine, leaves: tuple[Scalar, ...], start: int, moves: list[_Move]) -> Scalar:
    """The element at a position that indices known at run time move."""
    candidates = [start]
    text = "0"
    for move in moves:
        candidates = [c + i * move.stride for c in candidates for i in range(move.size)]
        text = move.place if text == "0" else f"({text}) * {move.size} + {move.place}"
    place = text if len(moves) == 1 else _held(m, text)
    return select_item(m, [leaves[c] for c in candidates], place)  # type: ignore[return-value]


def _gather(m: Machine, base: Array, index: Array | List) -> Value:
    """`x[mask]` and `x[[0, 2]]`."""
    chooser = as_array(m, index)
    if not isinstance(chooser, Array):
        return base
    picks = m.leaves(chooser)
    if any(isinstance(pick, Sym) for pick in picks):
        m.lose("elements are picked by a condition")
    row = math.prod(base.shape[1:])
    leaves = m.leaves(base)
    if is_bool(chooser):
        if chooser.shape not in (base.shape, base.shape[:1]):
            raise Wrong("R037", f"The mask has shape {chooser.shape}, the array {base.shape}.")
        unit = row if chooser.shape == base.shape[:1] else 1
        rows = [i for i, pick in enumerate(picks) if pick]
        inner = base.shape[1:] if unit == row and len(base.shape) > len(chooser.shape) else ()
    else:
        unit, inner = row, base.shape[1:]
        rows = [int(position(m, pick, base.shape[0])) for pick in picks]
    flat = tuple(leaves[i * unit + k] for i in rows for k in range(unit))
    return m.array((len(rows), *inner), flat)


def dict_item(m: Machine, base: Dict, key: Index, default: Value | Unknown = None) -> Value:
    """Value of `base[key]`, or of `base.get(key, default)`."""
    entries: dict[object, Entry] = m.content(base)
    if isinstance(key, Sym | Text):
        return _dict_item_at_run_time(m, entries, key)
    if not isinstance(key, str | float | bool | tuple):
        raise Wrong("R037", f"A key must be a string or a number; this is {kind_of(key)}.")  # type: ignore[arg-type]
    if key not in entries:
        shown = ", ".join(str(k) for k in entries) or "none"
        if m.code is None:
            m.fault("E023", f"the dict has no key {key!r}")
        raise Wrong("R046", f"The dict has no key {key!r}.", f"Its keys are: {shown}.")
    entry = entries[key]
    if entry.present is not True:
        assert m.code is not None
        m.code.suspect(f"not {truth(entry.present)}")
    return entry.value


def find_key(m: Machine, entries: dict[object, Entry], key: Sym | Text) -> str:
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


def _dict_item_at_run_time(m: Machine, entries: dict[object, Entry], key: Sym | Text) -> Value:
    assert m.code is not None
    place = find_key(m, entries, key)
    m.code.suspect(f"{place} < 0")
    values = [entry.value for entry in entries.values()]
    return select_item(m, [*values, values[0]] if values else [], place)


def set_item(m: Machine, base: Value, index: Index, value: Value) -> None:
    """Execute `base[index] = value`."""
    if isinstance(base, Unknown) or isinstance(index, Unknown):
        m.lose("the target of an assignment is only known at run time")
    if isinstance(base, Dict):
        set_key(m, base, index, value)
    elif isinstance(base, List):
        items = plain(m, m.content(base))
        _replace(m, base, [items], position(m, index, len(items)), value)
    elif isinstance(base, Array):
        _set_array(m, base, index if isinstance(index, tuple) else (index,), value)
    elif isinstance(base, Record):
        raise Wrong("R050", "Writing into a state record is not allowed.")
    else:
        raise Wrong("R037", f"Items of {kind_of(base)} cannot be set.")


def _replace(
    m: Machine, base: List, items: list[list[Value]], place: int | str, value: Value
) -> None:
    (old,) = items
    if isinstance(place, int):
        new = [*old[:place], value, *old[place + 1 :]]
    elif is_scalar(value) and all(is_scalar(item) for item in old):
        new = [m.select(_at(place, i), value, item) for i, item in enumerate(old)]  # type: ignore[arg-type]
    else:
        m.lose("an item chosen at run time is replaced")
    m.change(base, tuple(Entry(item) for item in new))


def _at(place: str, i: int) -> Sym:
    return Sym(f"({place} == {i})", is_bool=True)


def _set_array(m: Machine, base: Array, index: tuple[Index, ...], value: Value) -> None:
    axes = _axes(index, len(base.shape))
    if any(isinstance(part, Array | List) for part in axes):
        _set_masked(m, base, axes, value)
        return
    places, shape, moves = _places(m, base, axes)
    old, new = m.leaves(base), as_array(m, value)
    if moves:
        if isinstance(new, Array) or shape:
            m.lose("several elements are set at a place known at run time")
        shift = " + ".join(f"{move.place} * {move.stride}" for move in moves)
        place = _held(m, f"{places[0]} + {shift}")
        leaves = [m.select(_at(place, i), new, leaf) for i, leaf in enumerate(old)]
        m.change(base, tuple(leaves))
        return
    changed = list(old)
    for place, leaf in zip(places, _fill(m, new, shape), strict=True):
        changed[place] = leaf
    m.change(base, tuple(changed))


def _set_masked(m: Machine, base: Array, axes: list[Index], value: Value) -> None:
    mask = as_array(m, axes[0])  # type: ignore[arg-type]
    new = as_array(m, value)
    if not isinstance(mask, Array) or not is_bool(mask) or isinstance(new, Array):
        raise Wrong("R037", "Several elements are set at once.", "Set them one by one.")
    flags = spread(m, mask, base.shape)
    m.change(
        base,
        tuple(m.select(flag, new, leaf) for flag, leaf in zip(flags, m.leaves(base), strict=True)),
    )


def _fill(m: Machine, value: Array | Scalar, shape: tuple[int, ...]) -> tuple[Scalar, ...]:
    if isinstance(value, Array) and broadcast([value.shape, shape]) != shape:
        raise Wrong("R037", f"An array of shape {value.shape} does not fit into {shape}.")
    return spread(m, value, shape)


def set_key(m: Machine, base: Dict, key: Index, value: Value) -> None:
    """Execute `base[key] = value` for a dict."""
    if isinstance(key, Sym | Text):
        m.lose("a dict gets a key that is only known at run time")
    if not isinstance(key, str | float | bool | tuple):
        raise Wrong("R037", f"A key must be a string or a number; this is {kind_of(key)}.")  # type: ignore[arg-type]
    entries: dict[object, Entry] = m.content(base)
    present = entries[key].present if key in entries else True
    if present is not True and key != next(reversed(entries)):
        m.lose(f"the place of key {key!r} depends on the path")
    m.change(base, {**entries, key: Entry(value)})
