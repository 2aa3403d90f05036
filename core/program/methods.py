"""Attributes and methods of arrays, lists, dicts, tuples and strings."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

from alignenv.program import arithmetic as ar
from alignenv.program import array_functions as fn
from alignenv.program.choice import choose
from alignenv.program.equality import contains, equal
from alignenv.program.functions import TABLE, as_builtin
from alignenv.program.indexing import get_item
from alignenv.program.iterating import entries_of, items_of, ordered, values_of
from alignenv.program.keys import find_key, known_key
from alignenv.program.machine import Machine
from alignenv.program.messages import near
from alignenv.program.object_functions import dict_entries
from alignenv.program.python_functions import sorted_
from alignenv.program.reductions import Elements, count
from alignenv.program.rules import Wrong
from alignenv.program.selecting import select_item
from alignenv.program.storing import set_key, update
from alignenv.program.values import (
    Array,
    Builtin,
    Dict,
    Entry,
    List,
    Method,
    Picked,
    Record,
    Sym,
    Text,
    Value,
    is_scalar,
    kind_of,
)

_SHARED = (
    *("sum", "mean", "min", "max", "any", "all", "prod", "std", "var", "argmin", "argmax"),
    *(
        "argsort",
        "trace",
        "round",
        "clip",
        "copy",
        "cumsum",
        "dot",
        "ravel",
        "transpose",
        "squeeze",
        "nonzero",
    ),
)


def attribute(m: Machine, base: Value, name: str) -> Value:
    """`base.name` for anything but a record or module.

    Raises:
        Wrong: There is no such attribute; the message names the nearest.
    """
    if isinstance(base, Array) and name in _PROPERTIES:
        return _PROPERTIES[name](m, base)
    if isinstance(base, Picked):
        return _of_picked(m, base, name)
    if isinstance(base, Builtin) and base.name == "builtins.dict" and name == "fromkeys":
        return _FROM_KEYS
    for types, methods in _METHODS:
        if isinstance(base, types) and name in methods:
            return Method(name, base, methods[name])
    known = [n for types, methods in _METHODS if isinstance(base, types) for n in methods]
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"Did you mean `.{close[0]}`?" if close else ""
    raise Wrong("R036", f"{kind_of(base).capitalize()} has no `.{name}`.", hint)


def _of_picked(m: Machine, base: Picked, name: str) -> Value:
    n = count(m, Elements(base.present))
    width = base.rows.size // max(base.present.size, 1)
    if name == "size":
        return m.op("mul", n, float(width))
    if name == "shape" and not base.is_grid:
        return (n, *(float(size) for size in base.rows.shape[1:]))
    if name in ("sum", "mean", "min", "max", "any", "all", "std", "var"):
        return Method(name, base, _ARRAY[name])
    return m.lose("elements are picked by a condition")


def field_of(base: Record, name: str) -> Value:
    """A field of a state record, or a constant of a class.

    Raises:
        Wrong: There is none of that name.
    """
    value = base.fields(name)
    if value is not None:
        return value
    if base.buffer:
        message = f"The state record has no field `{name}`."
        raise Wrong("R035", message, near(name, base.names, "The fields are"))
    raise Wrong("R035", f"There is no constant `{name}`.", near(name, base.names, "Constants"))


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
    if not isinstance(index, float) or not 0 <= index < made.size or not index.is_integer():
        raise Wrong("R046", "`.item()` needs the place of an element.")
    return m.leaves(made)[int(index)]


def _append(m: Machine, target: Value, value: Value) -> None:
    _extend(m, target, (value,))


def _extend(m: Machine, target: Value, values: Value) -> None:
    assert isinstance(target, List)
    entries = (*m.content(target), *entries_of(m, values))
    m.check_length(len(entries))
    m.change(target, entries)


def _count(m: Machine, sequence: Value, value: Value) -> Value:
    total: Value = 0.0
    for entry in entries_of(m, sequence):
        same = m.op("and", entry.present, equal(m, entry.value, value))
        total = m.op("add", total, same)
    return total


def _index(m: Machine, sequence: Value, value: Value) -> Value:
    found = -1.0
    place: float | bool | Sym = found
    for i, item in reversed(list(enumerate(ar.sequence(m, sequence)))):
        place = m.select(equal(m, item, value), float(i), place)
    if isinstance(place, Sym):
        assert m.code is not None
        m.code.suspect(f"{place.text} < 0.0")
    elif place == found:
        m.fault("E023", "the value is not in the list")
    return place


def _copy(m: Machine, value: Value) -> Value:
    if isinstance(value, List):
        return m.box(List, m.content(value))
    assert isinstance(value, Dict)
    return m.box(Dict, m.content(value))


def _get(m: Machine, base: Value, key: Value, default: Value = None) -> Value:
    assert isinstance(base, Dict)
    entries = m.content(base)
    if isinstance(key, Sym | Text):
        place = find_key(m, entries, key)
        values = [entry.value for entry in entries.values()]
        return select_item(m, [*values, default], f"({place} if {place} >= 0 else {len(values)})")
    name = known_key(m, key)
    if name not in entries:
        return default
    return choose(m, entries[name].present, lambda: entries[name].value, lambda: default)


def _from_keys(m: Machine, iterable: Value, value: Value = None) -> Value:
    return m.dict({known_key(m, key): value for key in values_of(m, iterable)})


def _drop(m: Machine, base: Value, key: Value = None, *default: Value) -> Value:
    """`pop`: take one entry out of a dict, or the last item out of a list."""
    if isinstance(base, List):
        items = ar.plain(m, m.content(base))
        if key is not None or not items:
            raise Wrong("R038", "pop() takes the last item of a list that has one.")
        m.change(base, m.content(base)[:-1])
        return items[-1]
    assert isinstance(base, Dict)
    name, entries = known_key(m, key), m.content(base)
    value = _get(m, base, key, default[0]) if default else get_item(m, base, key)
    m.change(base, type(entries)({k: entry for k, entry in entries.items() if k != name}))
    return value


def _sort(m: Machine, target: Value, key: Value = None, reverse: Value = False) -> None:
    assert isinstance(target, List)
    ordered = sorted_(m, target, key=key, reverse=reverse)
    assert isinstance(ordered, List)
    m.change(target, m.content(ordered))


def _keys(m: Machine, base: Value) -> Value:
    return items_of(m, base)


def _values(m: Machine, base: Value) -> Value:
    return _listed(m, base, lambda _, entry: entry.value)


def _pairs(m: Machine, base: Value) -> Value:
    return _listed(m, base, lambda key, entry: (key, entry.value))


def _listed(m: Machine, base: Value, part: Callable[[Value, Entry], Value]) -> Value:
    assert isinstance(base, Dict)
    pairs = ordered(m, base).items()
    return items_of(m, m.box(List, tuple(Entry(part(k, e), e.present) for k, e in pairs)))


def _update(m: Machine, base: Value, *args: Value, **kwargs: Value) -> None:
    assert isinstance(base, Dict)
    for arg in args:
        update(m, base, dict_entries(m, arg))
    for key, value in kwargs.items():
        set_key(m, base, key, value)


def _setdefault(m: Machine, base: Value, key: Value, default: Value = None) -> Value:
    assert isinstance(base, Dict)
    if contains(m, base, key) is not True:
        set_key(m, base, key, default)
    return _get(m, base, key)


def _starts(_m: Machine, text: Value, prefix: Value) -> Value:
    return str(text).startswith(str(prefix))


def _ends(_m: Machine, text: Value, suffix: Value) -> Value:
    return str(text).endswith(str(suffix))


def _table(functions: dict[str, Callable[..., Value]]) -> dict[str, Builtin]:
    return {name: as_builtin(name, function) for name, function in functions.items()}


_ARRAY = {
    **{name: TABLE[f"numpy.{name}"] for name in _SHARED},
    **_table(
        {
            "flatten": fn.ravel,
            "astype": _astype,
            "reshape": _reshape,
            "tolist": _tolist,
            "item": _item,
        }
    ),
}
_LIST = _table(
    {
        "append": _append,
        "extend": _extend,
        "count": _count,
        "index": _index,
        "copy": _copy,
        "pop": _drop,
        "sort": _sort,
    }
)
_DICT = _table(
    {
        "get": _get,
        "keys": _keys,
        "values": _values,
        "items": _pairs,
        "update": _update,
        "setdefault": _setdefault,
        "copy": _copy,
        "pop": _drop,
    }
)
_FROM_KEYS = as_builtin("builtins.dict.fromkeys", _from_keys)
_TEXT = _table({"startswith": _starts, "endswith": _ends})
_METHODS = (
    (Array | float | bool | Sym, _ARRAY),
    (List, _LIST),
    (tuple, {name: _LIST[name] for name in ("count", "index")}),
    (Dict, _DICT),
    (str, _TEXT),
)
_PROPERTIES: dict[str, Callable[[Machine, Array], Value]] = {
    "shape": lambda _m, a: tuple(float(size) for size in a.shape),
    "size": lambda _m, a: float(a.size),
    "ndim": lambda _m, a: float(len(a.shape)),
    "T": fn.transpose,
}
