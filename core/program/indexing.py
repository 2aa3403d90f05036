"""`x[i]` for arrays, lists, tuples and dicts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from alignenv.program import limits
from alignenv.program.arithmetic import as_array, has_symbols, in_memory, is_bool, plain
from alignenv.program.emitter import Assign, number
from alignenv.program.keys import Index, Rest, Slice, Span, dict_item, made_item
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.selecting import select_item, select_scalar, view_of
from alignenv.program.values import (
    Array,
    DefaultDict,
    Dict,
    List,
    Memory,
    Picked,
    Record,
    Scalar,
    Sym,
    Text,
    Unknown,
    Value,
    is_scalar,
    kind_of,
)
from alignenv.program.windows import window


def get_item(m: Machine, base: Value, index: Index) -> Value:
    """Value of `base[index]`."""
    if isinstance(base, Unknown) or isinstance(index, Unknown):
        return m.lose("an index is only known at run time")
    if isinstance(base, Picked):
        return _column(m, base, index)
    if isinstance(base, Array):
        return _array_item(m, base, index if isinstance(index, tuple) else (index,))
    if isinstance(base, DefaultDict) and not isinstance(index, Sym | Text):
        return made_item(m, base, index)
    if isinstance(base, Dict):
        return dict_item(m, base, index)
    if isinstance(base, Record):
        cure = f"Write state.NAME; the fields are {', '.join(base.names)}."
        raise Wrong("R037", "A state record has no items.", cure)
    if not isinstance(base, tuple | List):
        raise Wrong("R037", f"{kind_of(base).capitalize()} has no items.")
    items = list(base) if isinstance(base, tuple) else plain(m, m.content(base))
    if isinstance(index, Span):
        m.lose("a list is sliced by bounds known at run time only")
    if isinstance(index, Slice):
        chosen = [items[i] for i in index.places(len(items))]
        return tuple(chosen) if isinstance(base, tuple) else m.list(chosen)
    place = position(m, index, len(items))
    return items[place] if isinstance(place, int) else select_item(m, items, place)


def _column(m: Machine, base: Picked, index: Index) -> Value:
    """`x[:, k]` of an array with rows that may be absent."""
    if base.is_grid or not isinstance(index, tuple) or index[:1] != (Slice(),):
        m.lose("elements are picked by a condition")
    column = get_item(m, base.rows, index)
    assert isinstance(column, Array)
    return Picked(column, base.present)


def position(m: Machine, index: Index, n: int) -> int | str:
    """Place of an index in a sequence of length `n`: known, or a variable of the code."""
    if isinstance(index, Slice | Span | Rest):
        raise Wrong("R037", "A slice cannot be used here.", "Use one index.")
    if not is_scalar(index):
        m.not_a_number(index)
    if isinstance(index, Sym):
        return _position_at_run_time(m, index, n)
    value = float(index)
    if not value.is_integer() or value < -n or value >= n:
        if math.isfinite(value) and m.code is not None:
            raise Wrong("R046", f"There is no index {value:g} in a sequence of length {n}.")
        m.fault("E023", f"there is no index {value:g} in a sequence of length {n}")
        return 0
    return int(value) % n


def _position_at_run_time(m: Machine, index: Sym, n: int) -> str:
    assert m.code is not None
    if index.whole and index.whole.low >= 0 and index.whole.high < n:
        return index.whole.text
    place, text = m.code.fresh("j"), number(index)
    inside = f"({text} >= {float(-n)!r}) & ({text} < {float(n)!r})"
    raw = m.code.let(f"int({text}) if {inside} else 0").text
    m.code.suspect(f"{raw} != {text}")
    m.code.add(Assign(place, f"{raw} + {n} if {raw} < 0 else {raw}"))
    return place


def _array_item(m: Machine, base: Array, index: tuple[Index, ...]) -> Value:
    if len(index) == 1 and isinstance(index[0], Array | List):
        return _gather(m, base, index[0])
    axes = axes_of(index, len(base.shape))
    if any(isinstance(part, Span) for part in axes):
        return window(m, base, axes, lambda full: _array_item(m, base, tuple(full)))
    leading: list[Scalar] = []
    for part in axes:
        if not is_scalar(part):
            break
        leading.append(part)
    rows = bool(leading) and all(part == Slice() for part in axes[len(leading) :])
    moves_far = base.size > limits.REGISTERS and any(isinstance(i, Sym) for i in leading)
    if rows and (moves_far or isinstance(m.content(base), Memory)):
        return _memory_item(m, base, leading)
    picked = places_of(m, base, axes)
    if not picked.moves:
        return view_of(m, picked.shape, _pick(m, base, picked.places))
    leaves = m.leaves(base)
    return view_of(
        m, picked.shape, tuple(_moved(m, leaves, place, picked.moves) for place in picked.places)
    )


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


def axes_of(index: tuple[Index, ...], rank: int) -> list[Index]:
    """One entry per axis, `None` for a new axis; an ellipsis and a short index are filled up."""
    given = sum(1 for part in index if part is not None and not isinstance(part, Rest))
    if given > rank:
        raise Wrong("R046", f"{given} indices for an array of {rank} dimensions.")
    fill: list[Index] = [Slice()] * (rank - given)
    axes: list[Index] = []
    for part in index:
        axes.extend(fill if isinstance(part, Rest) else [part])
    return axes if any(isinstance(part, Rest) for part in index) else axes + fill


def _memory_item(m: Machine, base: Array, index: list[Scalar]) -> Value:
    """A row or element of a large array."""
    assert m.code is not None
    memory = in_memory(m, base)
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
    if shape and moving and not moving.isidentifier():
        moving = held(m, moving)
    return view_of(m, shape, Memory(memory.buffer, offset, moving, memory.is_bool))


def held(m: Machine, text: str) -> str:
    """Variable of the generated code with the value of an integer expression."""
    assert m.code is not None
    name = m.code.fresh("o")
    m.code.add(Assign(name, text))
    return name


@dataclass(frozen=True, slots=True)
class Move:
    """An index known at run time: its variable, and what it moves over."""

    place: str
    stride: int
    size: int


@dataclass(frozen=True, slots=True)
class Places:
    """What an index picks.

    Attributes:
        places: Flat positions, row by row.
        shape: Shape that they form.
        moves: What is added to each position at run time.
    """

    places: list[int]
    shape: tuple[int, ...]
    moves: list[Move]


def places_of(m: Machine, base: Array, axes: list[Index]) -> Places:
    """Positions that an index picks from an array."""
    places, shape, stride = [0], [], base.size
    moves: list[Move] = []
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
            places = [place + i * stride for place in places for i in steps]
            continue
        place = position(m, part, size)
        if isinstance(place, int):
            places = [start + place * stride for start in places]
        else:
            moves.append(Move(place, stride, size))
    return Places(places, tuple(shape), moves)


def _moved(m: Machine, leaves: Sequence[Scalar], start: int, moves: list[Move]) -> Scalar:
    """The element at a position that indices known at run time move."""
    candidates, text = [start], ""
    for move in moves:
        candidates = [c + i * move.stride for c in candidates for i in range(move.size)]
        text = f"({text}) * {move.size} + {move.place}" if text else move.place
    place = text if len(moves) == 1 else held(m, text)
    return select_scalar(m, [leaves[c] for c in candidates], place)


def _gather(m: Machine, base: Array, index: Array | List) -> Value:
    """`x[mask]` and `x[[0, 2]]`."""
    chooser = as_array(m, index)
    assert isinstance(chooser, Array)
    if has_symbols(chooser):
        return _pick_rows(m, base, chooser)
    picks = m.leaves(chooser)
    leaves, row, inner = m.leaves(base), math.prod(base.shape[1:]), base.shape[1:]
    if not is_bool(chooser):
        rows = [int(position(m, pick, base.shape[0])) for pick in picks]
    elif chooser.shape == base.shape:
        row, inner = 1, ()
        rows = [i for i, pick in enumerate(picks) if pick]
    elif chooser.shape == base.shape[:1]:
        rows = [i for i, pick in enumerate(picks) if pick]
    else:
        raise Wrong("R037", f"The mask has shape {chooser.shape}, the array {base.shape}.")
    flat = tuple(leaves[i * row + k] for i in rows for k in range(row))
    return m.array((len(rows), *inner), flat)


def _pick_rows(m: Machine, base: Array, mask: Array) -> Value:
    """`x[mask]` where the mask is known at run time only."""
    if not is_bool(mask) or mask.shape not in (base.shape, base.shape[:1]):
        m.lose("elements are picked by places known at run time only")
    shape = (base.size,) if mask.shape == base.shape else base.shape
    present = m.array((mask.size,), m.content(mask))
    return Picked(m.array(shape, m.content(base)), present)
