"""An item at a place known at run time, and views of arrays."""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.program.arithmetic import is_bool, plain
from alignenv.program.emitter import number, truth
from alignenv.program.machine import Machine
from alignenv.program.values import (
    Array,
    Dict,
    Entry,
    List,
    Memory,
    Scalar,
    Sym,
    Text,
    Value,
    is_scalar,
)

_VIEW = "R050"
_MAX_SELECT = 128


def select_item(m: Machine, items: Sequence[Value], place: str) -> Value:
    """The item at a place known at run time; all items must have one structure."""
    m.tick(len(items))
    if not items:
        m.fault("E023", "the sequence is empty")
        return 0.0
    if len(items) > _MAX_SELECT:
        m.lose("a long list is indexed at run time")
    scalars = [item for item in items if is_scalar(item)]
    if len(scalars) == len(items):
        return select_scalar(m, scalars, place)
    return _select_structure(m, items, place)


def _select_structure(m: Machine, items: Sequence[Value], place: str) -> Value:
    n = len(items)
    tuples = [item for item in items if isinstance(item, tuple)]
    if len(tuples) == n and len({len(item) for item in tuples}) == 1:
        return tuple(select_item(m, column, place) for column in zip(*tuples, strict=True))
    arrays = [item for item in items if isinstance(item, Array)]
    if len(arrays) == n and len({item.shape for item in arrays}) == 1:
        rows = [m.leaves(item) for item in arrays]
        leaves = [select_scalar(m, column, place) for column in zip(*rows, strict=True)]
        return view_of(m, arrays[0].shape, tuple(leaves))
    lists = [plain(m, m.content(item)) for item in items if isinstance(item, List)]
    if len(lists) == n and len({len(item) for item in lists}) == 1:
        chosen = m.list([select_item(m, column, place) for column in zip(*lists, strict=True)])
        chosen.frozen = _VIEW
        return chosen
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) == n:
        code = select_scalar(m, [m.code.string(text) for text in texts], place)  # type: ignore[union-attr]
        return Text(code, tuple(dict.fromkeys(texts))) if isinstance(code, Sym) else texts[0]
    dicts = [m.content(item) for item in items if isinstance(item, Dict)]
    if len(dicts) == n and all(list(d) == list(dicts[0]) for d in dicts) and _all_there(dicts):
        columns = {key: [d[key].value for d in dicts] for key in dicts[0]}
        made = m.dict({key: select_item(m, column, place) for key, column in columns.items()})
        made.frozen = _VIEW
        return made
    return m.lose("items of different kinds are chosen at run time")


def _all_there(dicts: Sequence[dict[object, Entry]]) -> bool:
    return all(entry.present is True for entries in dicts for entry in entries.values())


def select_scalar(m: Machine, items: Sequence[Scalar], place: str) -> Scalar:
    """The number at a place known at run time."""
    assert m.code is not None
    bools = all(is_bool(item) for item in items)
    texts = [truth(item) if bools else number(item) for item in items]
    if len(set(texts)) == 1:
        return items[0]
    return m.code.let(f"({', '.join(texts)},)[{place}]", is_bool=bools)


def view_of(m: Machine, shape: tuple[int, ...], state: tuple[Scalar, ...] | Memory) -> Value:
    """Part of an array; numpy would share its memory, so it must not be changed."""
    if not shape:
        if isinstance(state, Memory):
            assert m.code is not None
            return m.code.load(state)
        return state[0]
    array = m.array(shape, state)
    array.frozen = _VIEW
    return array
