"""`==` and `in` for every kind of value."""

from __future__ import annotations

from alignenv.program.arithmetic import as_array, elementwise, plain, primitive, shape_of
from alignenv.program.machine import Machine
from alignenv.program.reductions import Reducer, all_of, any_of, reduce
from alignenv.program.rules import Wrong
from alignenv.program.values import (
    Array,
    Dict,
    List,
    Picked,
    Range,
    Scalar,
    Sym,
    Text,
    Unknown,
    Value,
    is_scalar,
    kind_of,
)


def equal(m: Machine, left: Value, right: Value) -> Scalar:
    """`left == right` as one truth value; arrays inside containers are compared as a whole."""
    m.tick()
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return m.lose("a comparison is only known at run time")
    if is_scalar(left) and is_scalar(right):
        return m.op("eq", left, right)
    if isinstance(left, Picked) or isinstance(right, Picked):
        m.lose("elements picked by a condition are compared as a whole")
    if isinstance(left, Array) or isinstance(right, Array):
        return array_equal(m, left, right)
    if isinstance(left, List) and isinstance(right, List):
        return _all_equal(m, plain(m, m.content(left)), plain(m, m.content(right)))
    if isinstance(left, tuple) and isinstance(right, tuple):
        return _all_equal(m, list(left), list(right))
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if isinstance(left, str | Text) and isinstance(right, str | Text):
        return m.op("eq", text_code(m, left), text_code(m, right))
    return left is None and right is None


def text_code(m: Machine, value: str | Text) -> Scalar:
    """Number of a string in the generated code."""
    assert m.code is not None
    return value.code if isinstance(value, Text) else m.code.string(value)


def _all_equal(m: Machine, left: list[Value], right: list[Value]) -> Scalar:
    if len(left) != len(right):
        return False
    result: Scalar = True
    for a, b in zip(left, right, strict=True):
        same = equal(m, a, b)
        result = same if result is True else m.op("and", result, same)
    return result


def array_equal(m: Machine, a1: Value, a2: Value) -> Scalar:
    """Whether two arrays have the same shape and elements."""
    a, b = as_array(m, a1), as_array(m, a2)
    if shape_of(a) != shape_of(b):
        return False
    return _reduced(m, all_of, elementwise(m, primitive("eq"), a, b))


def _reduced(m: Machine, reducer: Reducer, flags: Value) -> Scalar:
    return m.truth(reduce(m, reducer, flags))


def contains(m: Machine, container: Value, value: Value) -> Scalar:
    """`value in container`."""
    if isinstance(container, str) and isinstance(value, str):
        return value in container
    if isinstance(container, Dict):
        return _has_key(m, container, value)
    if isinstance(container, Range):
        return _in_range(m, container, value)
    if isinstance(container, Array | Picked) and is_scalar(value):
        return _reduced(m, any_of, elementwise(m, primitive("eq"), container, value))
    if isinstance(container, tuple):
        items = list(container)
    elif isinstance(container, List):
        items = plain(m, m.content(container))
    else:
        raise Wrong("R037", f"`in` cannot search {kind_of(container)}.")
    found: Scalar = False
    for item in items:
        same = equal(m, item, value)
        found = same if found is False else m.op("or", found, same)
    return found


def _has_key(m: Machine, container: Dict, key: Value) -> Scalar:
    entries = m.content(container)
    if isinstance(key, str | float | bool | tuple):
        return entries[key].present if key in entries else False
    found: Scalar = False
    for known, entry in entries.items():
        if is_scalar(known) and isinstance(key, Sym):
            found = m.op("or", found, m.op("and", entry.present, m.op("eq", key, known)))
        elif isinstance(known, str) and isinstance(key, Text):
            found = m.op("or", found, m.op("and", entry.present, equal(m, known, key)))
    return found


def _in_range(m: Machine, container: Range, value: Value) -> Scalar:
    if not is_scalar(value):
        return False
    low, high = m.op("ge", value, container.start), m.op("lt", value, container.stop)
    whole = m.op("eq", m.op("floor", value), value)
    if container.step != 1:
        raise Wrong("R041", "`in range(...)` needs a step of 1.")
    return m.op("and", m.op("and", low, high), whole)
