"""Python's built-in functions on lists, dicts, strings and records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alignenv.program.choice import by_option, choose
from alignenv.program.iterating import entries_of, values_of
from alignenv.program.keys import known_key
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.storing import append, set_key
from alignenv.program.values import (
    Array,
    Dict,
    Entry,
    List,
    Record,
    Sym,
    Text,
    Value,
    is_scalar,
    kind_of,
)


def next_(m: Machine, iterator: Value, *default: Value) -> Value:
    """`next(xs, default)`: the first element; of a generator, nothing else is computed."""
    entries = entries_of(m, iterator)

    def rest(i: int) -> Value:
        if i == len(entries):
            return default[0] if default else m.fault("E011", "next() of no elements")
        return choose(m, entries[i].present, lambda: entries[i].value, lambda: rest(i + 1))

    return rest(0)


def filter_(m: Machine, function: Value, iterable: Value) -> Value:
    """`filter(f, xs)`, as a list."""
    from alignenv.program.calls import invoke

    kept = m.list([])
    for entry in entries_of(m, iterable):
        wanted = entry.value if function is None else invoke(m, function, [entry.value])
        test = m.op("and", entry.present, m.truth(wanted))
        m.branch(test, lambda value=entry.value: append(m, kept, value))  # type: ignore[misc]
    return kept


def getattr_(m: Machine, obj: Value, name: Value, *_default: Value) -> Value:
    """`getattr(state, "field")`; every field of the card is there, so a default is not needed."""
    from alignenv.program.methods import field_of

    if not isinstance(obj, Record) or not isinstance(name, str | Text):
        cure = "Write getattr(state, 'name') with the name of a field."
        raise Wrong("R037", "getattr() reads a field of a state record.", cure)
    return by_option(m, name, lambda option: field_of(obj, option))


def hasattr_(_m: Machine, obj: Value, name: Value) -> Value:
    """`hasattr(state, "field")`, decided by the card; `__len__` tells arrays from numbers."""
    if isinstance(obj, Record):
        return name in obj.names
    if name in ("__len__", "__iter__", "__getitem__"):
        return isinstance(obj, Array | List | Dict | tuple | str)
    if name in ("shape", "size", "ndim"):
        return isinstance(obj, Array)
    raise Wrong("R037", "hasattr() asks for a field of a state record.", "Remove the test.")


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
    made = m.box(Dict, dict_entries(m, args[0]) if args else {})
    for key, value in kwargs.items():
        set_key(m, made, key, value)
    return made


def dict_entries(m: Machine, value: Value) -> dict[Any, Entry]:
    """Entries of a dict or of a list of pairs."""
    if isinstance(value, Dict):
        return m.content(value)  # type: ignore[no-any-return]
    entries: dict[Any, Entry] = {}
    for pair in values_of(m, value):
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise Wrong("R037", "dict() needs pairs of a key and a value.")
        entries[known_key(m, pair[0])] = Entry(pair[1])
    return entries


OBJECT_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "next": next_,
    "filter": filter_,
    "getattr": getattr_,
    "hasattr": hasattr_,
    "map": map_,
    "tuple": tuple_,
    "list": list_,
    "dict": dict_,
    "set": set_,
    "frozenset": set_,
    "str": str_,
    "isinstance": isinstance_,
}
"""Functions by name."""
