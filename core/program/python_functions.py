"""Python's built-in functions, as far as the language has them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from alignenv.program import arithmetic as ar
from alignenv.program import reductions as red
from alignenv.program.indexing import known_key
from alignenv.program.loops import items_of
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import (
    Array,
    Dict,
    Entry,
    Items,
    List,
    Range,
    Scalar,
    Sym,
    Value,
    is_scalar,
    kind_of,
)


def entries_of(m: Machine, value: Value) -> list[Entry]:
    """All elements of something of known length."""
    items = items_of(m, value)
    if isinstance(items.n, Sym):
        m.lose("a list has a length known at run time only")
    m.check_length(items.n)
    flags = m.leaves(items.present) if items.present else (True,) * items.n
    return [Entry(items.get(i), flag) for i, flag in enumerate(flags)]


def values_of(m: Machine, value: Value) -> list[Value]:
    """The same where every element is there."""
    return ar.plain(m, tuple(entries_of(m, value)))


def sum_(m: Machine, iterable: Value, start: Value = 0.0) -> Value:
    """`sum(xs)`: from left to right."""
    entries = entries_of(m, iterable)
    if any(isinstance(entry.value, Array) for entry in entries) or isinstance(start, Array):
        result = start
        for value in ar.plain(m, tuple(entries)):
            result = ar.elementwise(m, ar.primitive("add"), result, value)
        return result
    total: Scalar = m.op("num", start)
    for entry in entries:
        added = m.op("add", total, entry.value)
        total = m.select(entry.present, added, total)
    return total


def _extreme(name: str) -> Callable[..., Value]:
    better = "lt" if name == "min" else "gt"

    def run(m: Machine, *args: Value, default: Value = None) -> Value:
        entries = entries_of(m, args[0]) if len(args) == 1 else [Entry(arg) for arg in args]
        best: Scalar = 0.0
        found: Scalar = False
        for entry in entries:
            value = _one(m, entry.value)
            wins = value if found is False else m.op(name, best, value)
            best, found = _advance(m, entry, found, best, value, wins, better)
        if found is True:
            return best
        if default is None:
            m.branch(m.op("not", found), lambda: _nothing(m, name))
            return best
        return m.select(found, best, _one(m, default))

    return run


def _advance(
    m: Machine,
    entry: Entry,
    found: Scalar,
    best: Scalar,
    value: Scalar,
    wins: Scalar,
    better: str,
) -> tuple[Scalar, Scalar]:
    """Best element so far, and whether there is one, after an element that may be absent."""
    if entry.present is True and not isinstance(found, Sym):
        return wins, True
    first = m.op("or", m.op("not", found), m.op(better, value, best))
    replace = m.op("and", entry.present, first)
    return m.select(replace, value, best), m.op("or", found, entry.present)


def _nothing(m: Machine, name: str) -> None:
    m.fault("E011", f"{name}() of no elements")


def _one(m: Machine, value: Value) -> Scalar:
    array = ar.as_array(m, value)
    if isinstance(array, Array):
        if array.size != 1:
            raise Wrong("R037", "A number is needed here, not an array.", "Use np.max or np.min.")
        return m.leaves(array)[0]
    return array


def any_(m: Machine, iterable: Value) -> Value:
    """`any(xs)`."""
    found: Scalar = False
    for entry in entries_of(m, iterable):
        test = m.op("and", entry.present, m.truth(entry.value))
        found = m.op("or", found, test)
    return found


def all_(m: Machine, iterable: Value) -> Value:
    """`all(xs)`."""
    found: Scalar = True
    for entry in entries_of(m, iterable):
        test = m.op("or", m.op("not", entry.present), m.truth(entry.value))
        found = m.op("and", found, test)
    return found


def len_(m: Machine, obj: Value) -> Value:
    """`len(xs)`."""
    if isinstance(obj, str):
        return float(len(obj))
    items = items_of(m, obj)
    if isinstance(items.n, Sym):
        return items.n
    if items.present is None:
        return float(items.n)
    return red.count(m, red.Elements(items.present))


def abs_(m: Machine, x: Value) -> Value:
    """`abs(x)`, of arrays too."""
    return ar.elementwise(m, ar.primitive("abs"), x)


def float_(m: Machine, x: Value = 0.0) -> Value:
    """`float(x)`."""
    if isinstance(x, str):
        named = {"inf": math.inf, "+inf": math.inf, "-inf": -math.inf, "nan": math.nan}
        if x.lower() not in named:
            raise Wrong("R037", "float() takes a number here.", "Write the number itself.")
        return named[x.lower()]
    return m.op("num", _one(m, x))


def int_(m: Machine, x: Value = 0.0) -> Value:
    """`int(x)`: towards zero."""
    value = _one(m, x)
    if isinstance(value, Sym) and value.whole:
        return value
    return m.op("num" if red.is_truth(value) else "trunc", value)


def bool_(m: Machine, x: Value = False) -> Value:
    """`bool(x)`."""
    return m.truth(x)


def round_(m: Machine, number: Value, ndigits: Value = None) -> Value:
    """`round(x, digits)`: halves to even."""
    if ndigits is not None and not isinstance(ndigits, float):
        raise Wrong("R037", "round() needs a known number of digits.")
    return ar.elementwise(m, lambda m, x: ar.rounded(m, x, ndigits or 0.0), number)


def pow_(m: Machine, base: Value, exp: Value) -> Value:
    """`pow(x, e)`."""
    return ar.elementwise(m, ar.power, base, exp)


def divmod_(m: Machine, x: Value, y: Value) -> Value:
    """`divmod(x, y)`."""
    return (ar.elementwise(m, ar.floordiv, x, y), ar.elementwise(m, ar.mod, x, y))


def range_(m: Machine, *args: Value) -> Value:
    """`range(stop)`, `range(start, stop, step)`."""
    if len(args) > 3:
        raise Wrong("R038", "range() takes at most 3 arguments.")
    bounds = [_one(m, arg) for arg in args]
    start, stop = (0.0, bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
    step = bounds[2] if len(bounds) > 2 else 1.0
    if isinstance(step, Sym) or not step or not float(step).is_integer():
        raise Wrong("R037", "The step of range() must be a whole number written out.")
    return Range(start, stop, int(step))


def enumerate_(m: Machine, iterable: Value, start: Value = 0.0) -> Value:
    """`enumerate(xs)`."""
    items = items_of(m, iterable)
    if not isinstance(start, float):
        raise Wrong("R037", "enumerate() needs a known start.")

    def numbered(k: Sym) -> Value:
        assert items.at is not None
        place = k if start == 0.0 else m.op("add", k, start)
        return (place, items.at(k))

    at = numbered if items.at else None
    return Items(items.n, lambda i: (start + i, items.get(i)), at, items.present)


def zip_(m: Machine, *iterables: Value, strict: Value = False) -> Value:
    """`zip(xs, ys)`: as long as the shortest."""
    parts = [items_of(m, value) for value in iterables]
    if any(isinstance(part.n, Sym) or part.present for part in parts):
        m.lose("zip() over a length known at run time only")
    if strict and len({part.n for part in parts}) > 1:
        m.fault("E023", "zip() over different lengths")
    n = min((int(part.n) for part in parts if not isinstance(part.n, Sym)), default=0)
    ats = [part.at for part in parts if part.at]
    at = (lambda k: tuple(f(k) for f in ats)) if len(ats) == len(parts) else None
    return Items(n, lambda i: tuple(part.get(i) for part in parts), at)


def reversed_(m: Machine, sequence: Value) -> Value:
    """`reversed(xs)`."""
    return m.list(list(reversed(values_of(m, sequence))))


def sorted_(m: Machine, iterable: Value, reverse: Value = False) -> Value:
    """`sorted(xs)` of numbers."""
    values = [_one(m, value) for value in values_of(m, iterable)]
    ordered = red.sort_values(m, values)
    return m.list(list(reversed(ordered)) if reverse else list(ordered))


def map_(m: Machine, function: Value, *iterables: Value) -> Value:
    """`map(f, xs)`, as a list."""
    from alignenv.program.calls import invoke

    columns = [values_of(m, value) for value in iterables]
    return m.list([invoke(m, function, list(row)) for row in zip(*columns, strict=False)])


def tuple_(m: Machine, iterable: Value = ()) -> Value:
    """`tuple(xs)`."""
    return tuple(values_of(m, iterable))


def list_(m: Machine, iterable: Value = ()) -> Value:
    """`list(xs)`."""
    return m.box(List, tuple(entries_of(m, iterable)))


def isinstance_(_m: Machine, obj: Value, classinfo: Value) -> Value:
    """`isinstance(x, (int, float))`, decided by kind."""
    named = classinfo if isinstance(classinfo, tuple) else (classinfo,)
    names = {getattr(kind, "name", "") for kind in named}
    kinds: list[tuple[bool, set[str]]] = [
        (is_scalar(obj), _NUMBERS),
        (isinstance(obj, Array), {"numpy.ndarray"}),
        (isinstance(obj, List), {"builtins.list"}),
        (isinstance(obj, tuple), {"builtins.tuple"}),
        (isinstance(obj, Dict), {"builtins.dict"}),
        (isinstance(obj, str), {"builtins.str"}),
    ]
    if unknown := names - set().union(*(group for _, group in kinds)):
        raise Wrong("R037", f"isinstance() cannot test for {unknown.pop() or kind_of(classinfo)}.")
    return any(holds and bool(names & group) for holds, group in kinds)


_NUMBERS = {
    "builtins.float",
    "builtins.int",
    "builtins.bool",
    *(f"numpy.{n}" for n in ("integer", "floating", "number", "bool_")),
    *(f"numpy.{n}" for n in ("int32", "int64", "float32", "float64")),
}


def str_(m: Machine, x: Value = "") -> Value:
    """`str(x)` of a known whole number or string."""
    if isinstance(x, str):
        return x
    if isinstance(x, Sym):
        return m.lose("a string is made of a number known at run time only")
    if isinstance(x, float) and x.is_integer():
        return str(int(x))
    raise Wrong("R037", f"str() cannot show {kind_of(x)} here.")


def set_(m: Machine, iterable: Value = ()) -> Value:
    """`set(xs)`: the distinct elements, as a tuple."""
    values = values_of(m, iterable)
    if any(isinstance(value, Sym) for value in values):
        m.lose("distinct elements are only known at run time")
    if not all(isinstance(value, float | bool | str) for value in values):
        raise Wrong("R037", "set() takes numbers or strings.")
    return tuple(dict.fromkeys(values))


def dict_(m: Machine, *args: Value, **kwargs: Value) -> Value:
    """`dict(a=1)`, `dict(other)`, `dict(pairs)`."""
    entries: dict[Any, Entry] = {}
    for arg in args:
        entries.update(dict_entries(m, arg))
    entries.update({key: Entry(value) for key, value in kwargs.items()})
    return m.box(Dict, entries)


def dict_entries(m: Machine, value: Value) -> dict[Any, Entry]:
    """Entries of a dict or of a list of pairs."""
    if isinstance(value, Dict):
        return dict(m.content(value))
    entries: dict[Any, Entry] = {}
    for pair in values_of(m, value):
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise Wrong("R037", "dict() needs pairs of a key and a value.")
        entries[known_key(m, pair[0])] = Entry(pair[1])
    return entries


BUILTINS: dict[str, Callable[..., Value]] = {
    "sum": sum_,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "any": any_,
    "all": all_,
    "len": len_,
    "abs": abs_,
    "float": float_,
    "int": int_,
    "bool": bool_,
    "round": round_,
    "pow": pow_,
    "divmod": divmod_,
    "range": range_,
    "enumerate": enumerate_,
    "zip": zip_,
    "reversed": reversed_,
    "sorted": sorted_,
    "map": map_,
    "tuple": tuple_,
    "list": list_,
    "dict": dict_,
    "set": set_,
    "str": str_,
    "isinstance": isinstance_,
}
"""Functions by name."""
