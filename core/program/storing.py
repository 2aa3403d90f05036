"""`x[i] = v` for arrays, lists and dicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alignenv.program.arithmetic import as_array, broadcast, is_bool, plain, spread
from alignenv.program.choice import by_option
from alignenv.program.indexing import axes_of, held, places_of, position
from alignenv.program.keys import Index, known_key
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import (
    Array,
    Dict,
    Entry,
    List,
    Record,
    Scalar,
    Shuffled,
    Sym,
    Text,
    Unknown,
    Value,
    is_scalar,
    kind_of,
)


def set_item(m: Machine, base: Value, index: Index, value: Value) -> None:
    """Execute `base[index] = value`."""
    if isinstance(base, Unknown) or isinstance(index, Unknown):
        m.lose("the target of an assignment is only known at run time")
    if isinstance(base, Dict):
        set_key(m, base, index, value)
    elif isinstance(base, List):
        _set_list(m, base, index, value)
    elif isinstance(base, Array):
        _set_array(m, base, index if isinstance(index, tuple) else (index,), value)
    elif isinstance(base, Record):
        raise Wrong("R050", "Writing into a state record is not allowed.")
    else:
        raise Wrong("R037", f"Items of {kind_of(base)} cannot be set.")


def _set_list(m: Machine, base: List, index: Index, value: Value) -> None:
    old = plain(m, m.content(base))
    place = position(m, index, len(old))
    scalars = [item for item in old if is_scalar(item)]
    new: list[Value]
    if isinstance(place, int):
        new = [*old[:place], value, *old[place + 1 :]]
    elif is_scalar(value) and len(scalars) == len(old):
        new = [m.select(_at(place, i), value, item) for i, item in enumerate(scalars)]
    else:
        m.lose("an item chosen at run time is replaced")
    m.change(base, tuple(Entry(item) for item in new))


def _at(place: str, i: int) -> Sym:
    return Sym(f"({place} == {i})", is_bool=True)


def _set_array(m: Machine, base: Array, index: tuple[Index, ...], value: Value) -> None:
    if len(index) == 1 and isinstance(index[0], Array | List):
        _set_masked(m, base, index[0], value)
        return
    picked = places_of(m, base, axes_of(index, len(base.shape)))
    old, new = m.leaves(base), as_array(m, value)
    if not picked.moves:
        changed = list(old)
        for place, leaf in zip(picked.places, _fill(m, new, picked.shape), strict=True):
            changed[place] = leaf
        m.change(base, tuple(changed))
        return
    if isinstance(new, Array) or picked.shape:
        m.lose("several elements are set at a place known at run time")
    shift = " + ".join(f"{move.place} * {move.stride}" for move in picked.moves)
    target = held(m, f"{picked.places[0]} + {shift}")
    m.change(base, tuple(m.select(_at(target, i), new, leaf) for i, leaf in enumerate(old)))


def _set_masked(m: Machine, base: Array, index: Array | List, value: Value) -> None:
    mask, new = as_array(m, index), as_array(m, value)
    if not isinstance(mask, Array) or not is_bool(mask) or isinstance(new, Array):
        raise Wrong("R037", "Several elements are set at once.", "Set them one by one.")
    pairs = zip(spread(m, mask, base.shape), m.leaves(base), strict=True)
    m.change(base, tuple(m.select(flag, new, leaf) for flag, leaf in pairs))


def _fill(m: Machine, value: Array | Scalar, shape: tuple[int, ...]) -> tuple[Scalar, ...]:
    if isinstance(value, Array) and broadcast([value.shape, shape]) != shape:
        raise Wrong("R037", f"An array of shape {value.shape} does not fit into {shape}.")
    return spread(m, value, shape)


def set_key(m: Machine, base: Dict, index: Index, value: Value) -> None:
    """Execute `base[key] = value` for a dict."""
    if isinstance(index, Text):
        by_option(m, index, lambda option: set_key(m, base, option, value))
        return
    key = known_key(m, index)
    entries: dict[object, Entry] = m.content(base)
    present = entries[key].present if key in entries else True
    moves = present is not True and key != next(reversed(entries))
    m.check_length(len(entries))
    after = {**entries, key: Entry(value)}
    m.change(base, Shuffled(after) if moves or isinstance(entries, Shuffled) else after)


def update(m: Machine, base: Dict, entries: Mapping[Any, Entry]) -> None:
    """Take over the entries of another dict."""
    if isinstance(entries, Shuffled):
        m.change(base, Shuffled(m.content(base)))
    for key, entry in entries.items():
        m.branch(entry.present, lambda k=key, e=entry: set_key(m, base, k, e.value))  # type: ignore[misc]


def append(m: Machine, target: List, value: Value) -> None:
    """Add one item to a list."""
    entries = m.content(target)
    m.check_length(len(entries) + 1)
    m.change(target, (*entries, Entry(value)))
