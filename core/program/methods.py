"""Attributes and methods of arrays, lists, dicts, tuples and strings."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from alignenv.program import arithmetic as ar
from alignenv.program import numpy_functions as fn
from alignenv.program.equality import contains, equal
from alignenv.program.functions import TABLE, as_builtin
from alignenv.program.indexing import dict_item, find_key, select_item, set_key
from alignenv.program.loops import items_of
from alignenv.program.machine import Machine
from alignenv.program.python_functions import dict_entries, entries_of
from alignenv.program.rules import Wrong
from alignenv.program.values import (
    Array,
    Dict,
    Entry,
    List,
    Method,
    Sym,
    Text,
    Value,
    is_scalar,
    kind_of,
)

_SHARED = (
    "sum mean min max any all prod std var argmin argmax round clip copy cumsum dot ravel"
    " transpose squeeze nonzero"
)


def attribute(m: Machine, base: Value, name: str) -> Value:
    """`base.name` for anything but a record or module.

    Raises:
        Wrong: There is no such attribute; the message names the nearest.
    """
    if isinstance(base, Array) and name in _PROPERTIES:
        return _PROPERTIES[name](m, base)
    for types, methods in _METHODS:
        if isinstance(base, types) and name in methods:
            return Method(name, base, methods[name])
    known = [n for types, methods in _METHODS if isinstance(base, types) for n in methods]
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"Did you mean `.{close[0]}`?" if close else ""
    raise Wrong("R036", f"{kind_of(base).capitalize()} has no `.{name}`.", hint)


def method_names() -> list[str]:
    """Methods and attributes of all kinds of values, sorted."""
    return sorted({*_PROPERTIES, *(name for _, methods in _METHODS for name in methods)})


def _astype(m: Machine, a: Value, dtype: Value) -> Value:
    return fn.typed(m, ar.as_array(m, a), dtype)


def _reshape(m: Machine, a: Value, *shape: Value) -> Value:
    one = len(shape) == 1 and not is_scalar(shape[0])
    return fn.reshape(m, a, shape[0] if one else shape)


def _tolist(m: Machine, a: Value) -> Value:
    if not isinstance(a, Array):
        return a
    items = items_of(m, a)
    assert not isinstance(items.n, Sym)
    return m.list([_tolist(m, items.get(i)) for i in range(items.n)])


def _item(m: Machine, a: Value, index: Value = 0.0) -> Value:
    made = fn.ravel(m, a)
    assert isinstance(made, Array)
    if made.size != 1 and index == 0.0:
        raise Wrong("R037", "`.item()` needs an array of one element.")
    return m.leaves(made)[int(index) if isinstance(index, float) else 0]


def _append(m: Machine, target: Value, value: Value) -> None:
    assert isinstance(target, List)
    _extend(m, target, (value,))


def _extend(m: Machine, target: Value, values: Value) -> None:
    from alignenv.program import limits

    assert isinstance(target, List)
    entries = (*m.content(target), *entries_of(m, values))
    if len(entries) > limits.MAX_ITEMS:
        m.fault("E001", f"a list has more than {limits.MAX_ITEMS} items")
        return
    m.change(target, entries)


def _count(m: Machine, sequence: Value, value: Value) -> Value:
    total: Value = 0.0
    for entry in entries_of(m, sequence):
        same = m.op("and", entry.present, equal(m, entry.value, value))
        total = m.op("add", total, same)
    return total


def _index(m: Machine, sequence: Value, value: Value) -> Value:
    items = ar.sequence(m, sequence)
    found: Value = -1.0
    for i, item in reversed(list(enumerate(items))):
        found = m.select(equal(m, item, value), float(i), found)  # type: ignore[arg-type]
    if found == -1.0:
        m.fault("E023", "the value is not in the list")
    elif isinstance(found, Sym) and m.code:
        m.code.suspect(f"{found.text} < 0.0")
    return found


def _copy(m: Machine, value: Value) -> Value:
    made = m.list([]) if isinstance(value, List) else m.dict({})
    assert isinstance(value, List | Dict)
    made.state = m.content(value)
    return made


def _get(m: Machine, base: Value, key: Value, default: Value = None) -> Value:
    assert isinstance(base, Dict)
    if isinstance(key, Sym | Text):
        assert m.code is not None
        entries = m.content(base)
        place = find_key(m, entries, key)
        values = [entry.value for entry in entries.values()]
        return select_item(m, [*values, default], f"({place} if {place} >= 0 else {len(values)})")
    entries = m.content(base)
    if key not in entries:
        return default
    if entries[key].present is not True:
        m.lose(f"whether key {key!r} is there depends on the path")
    return dict_item(m, base, key)


def _keys(m: Machine, base: Value) -> Value:
    return items_of(m, base)


def _values(m: Machine, base: Value) -> Value:
    return _listed(m, base, lambda _, entry: entry.value)


def _pairs(m: Machine, base: Value) -> Value:
    return _listed(m, base, lambda key, entry: (key, entry.value))


def _listed(m: Machine, base: Value, part: Callable[[Value, Entry], Value]) -> Value:
    assert isinstance(base, Dict)
    content = m.content(base)
    made = m.list([])
    made.state = tuple(Entry(part(key, e), e.present) for key, e in content.items())
    return items_of(m, made)


def _update(m: Machine, base: Value, *args: Value, **kwargs: Value) -> None:
    assert isinstance(base, Dict)
    for arg in args:
        for key, entry in dict_entries(m, arg).items():
            if entry.present is not True:
                m.lose("a dict is updated with uncertain keys")
            set_key(m, base, key, entry.value)
    for key, value in kwargs.items():
        set_key(m, base, key, value)


def _setdefault(m: Machine, base: Value, key: Value, default: Value = None) -> Value:
    assert isinstance(base, Dict)
    if contains(m, base, key) is not True:
        set_key(m, base, key, default)
    return _get(m, base, key)


_ARRAY = {
    **{name: TABLE[f"numpy.{name}"] for name in _SHARED.split()},
    **{
        name: as_builtin(name, function)
        for name, function in {
            "flatten": fn.ravel,
            "astype": _astype,
            "reshape": _reshape,
            "tolist": _tolist,
            "item": _item,
        }.items()
    },
}
_LIST = {
    name: as_builtin(name, function)
    for name, function in {
        "append": _append,
        "extend": _extend,
        "count": _count,
        "index": _index,
        "copy": _copy,
    }.items()
}
_DICT = {
    name: as_builtin(name, function)
    for name, function in {
        "get": _get,
        "keys": _keys,
        "values": _values,
        "items": _pairs,
        "update": _update,
        "setdefault": _setdefault,
        "copy": _copy,
    }.items()
}
_TEXT = {
    name: as_builtin(name, function)
    for name, function in {
        "startswith": lambda m, text, prefix: text.startswith(str(prefix)),
        "endswith": lambda m, text, suffix: text.endswith(str(suffix)),
        "lower": lambda m, text: text.lower(),
        "upper": lambda m, text: text.upper(),
    }.items()
}
_METHODS = (
    (Array | float | bool | Sym, _ARRAY),
    (List, _LIST),
    (tuple, {name: _LIST[name] for name in ("count", "index")}),
    (Dict, _DICT),
    (str, _TEXT),
)
_PROPERTIES: dict[str, Callable[[Machine, Array], Value]] = {
    "shape": lambda m, a: tuple(float(size) for size in a.shape),
    "size": lambda m, a: float(a.size),
    "ndim": lambda m, a: float(len(a.shape)),
    "T": lambda m, a: fn.transpose(m, a),
}
