"""Python's built-in functions, as far as the language has them."""

from __future__ import annotations

import math
from collections.abc import Callable

from alignenv.program import arithmetic as ar
from alignenv.program import reductions as red
from alignenv.program.choice import at_place, best_place, keys_of
from alignenv.program.iterating import entries_of, items_of, values_of
from alignenv.program.machine import Machine
from alignenv.program.object_functions import OBJECT_FUNCTIONS
from alignenv.program.rules import Wrong
from alignenv.program.values import (
    Array,
    Entry,
    Items,
    Range,
    Scalar,
    Sym,
    Value,
)


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

    def run(m: Machine, *args: Value, default: Value = None, key: Value = None) -> Value:
        if key is not None:
            values = values_of(m, args[0]) if len(args) == 1 else list(args)
            if not values:
                return m.fault("E011", f"{name}() of no elements") if default is None else default
            return at_place(m, values, best_place(m, keys_of(m, key, values), better))
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


def sorted_(m: Machine, iterable: Value, key: Value = None, reverse: Value = False) -> Value:
    """`sorted(xs)` of numbers, or by a key."""
    found = values_of(m, iterable)
    if key is not None:
        keys = keys_of(m, key, found)
        if any(isinstance(value, Sym) for value in keys):
            m.lose("values are ordered by keys known at run time only")
        places = sorted(range(len(found)), key=lambda i: float(keys[i]), reverse=bool(reverse))  # type: ignore[arg-type]
        return m.list([found[i] for i in places])
    ordered = red.sort_values(m, [_one(m, value) for value in found])
    return m.list(list(reversed(ordered)) if reverse else list(ordered))


BUILTINS: dict[str, Callable[..., Value]] = {
    **OBJECT_FUNCTIONS,
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
}
"""Functions by name."""
