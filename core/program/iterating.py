"""What a loop visits, and how its elements get names."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from alignenv.program.arithmetic import plain
from alignenv.program.emitter import number
from alignenv.program.indexing import get_item
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.selecting import select_item
from alignenv.program.values import (
    UNKNOWN,
    Array,
    Dict,
    Entry,
    Items,
    List,
    Picked,
    Range,
    Scalar,
    Shuffled,
    Sym,
    Unknown,
    Value,
    Whole,
    kind_of,
)


def items_of(m: Machine, value: Value) -> Items:
    """What a loop over a value visits.

    Raises:
        Wrong: It cannot be looped over.
    """
    if isinstance(value, Items):
        return value
    if isinstance(value, Range):
        return _range_items(m, value)
    if isinstance(value, Array) and value.shape:
        return Items(
            value.shape[0],
            lambda i: get_item(m, value, float(i)),
            lambda k: get_item(m, value, k),
        )
    if isinstance(value, Picked) and not value.is_grid:
        return replace(items_of(m, value.rows), present=value.present)
    if isinstance(value, tuple):
        return _fixed(m, list(value))
    if isinstance(value, List):
        entries = m.content(value)
        return _fixed(m, [entry.value for entry in entries], [e.present for e in entries])
    if isinstance(value, Dict):
        content = ordered(m, value)
        return _fixed(m, list(content), [entry.present for entry in content.values()])
    if isinstance(value, Picked):
        m.lose("a loop goes over a part of a grid known at run time only")
    if isinstance(value, Unknown):
        return Items(Sym("1"), lambda _: UNKNOWN, lambda _: UNKNOWN)
    raise Wrong(
        "R037",
        f"A loop cannot go over {kind_of(value)}.",
        "Loop over range(n), an array, a list or a tuple.",
    )


def ordered(m: Machine, value: Dict) -> dict[Any, Entry]:
    """Entries of a dict, in an order that is known."""
    content: dict[Any, Entry] = m.content(value)
    if isinstance(content, Shuffled):
        m.lose("the order of a dict's keys depends on the path")
    return content


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
    return plain(m, tuple(entries_of(m, value)))


def _fixed(m: Machine, values: list[Value], flags: Sequence[Scalar] = ()) -> Items:
    certain = all(flag is True for flag in flags)
    present = None if certain else m.array((len(flags),), tuple(flags))

    def at(k: Sym) -> Value:
        assert k.whole is not None
        return select_item(m, values, k.whole.text)

    return Items(len(values), values.__getitem__, at, present)


def _range_items(m: Machine, value: Range) -> Items:
    def item(k: Scalar) -> Value:
        return _nth(m, value, k)

    return Items(range_length(m, value), lambda i: item(float(i)), item)


def _nth(m: Machine, value: Range, k: Scalar) -> Scalar:
    if isinstance(k, Sym) and k.whole and not isinstance(value.start, Sym):
        start, last = int(value.start), int(value.start) + value.step * k.whole.high
        text = k.whole.text if value.step == 1 else f"{k.whole.text} * {value.step}"
        text = text if text == k.whole.text and not start else f"({start} + {text})"
        whole = Whole(text, min(start, last), max(start, last))
        if text == k.whole.text:
            return k
        assert m.code is not None
        return Sym(m.code.let(f"float({text})").text, whole=whole)
    return m.op("add", value.start, m.op("mul", k, float(value.step)))


def range_length(m: Machine, value: Range) -> int | Sym:
    """How many numbers a range has; its bounds must be whole."""
    bounds = (value.start, value.stop)
    for bound in bounds:
        if isinstance(bound, Sym):
            assert m.code is not None
            m.code.suspect(f"np.floor({number(bound)}) != {number(bound)}")
        elif not float(bound).is_integer():
            m.fault("E011", f"range() needs whole numbers, not {bound:g}")
            return 0
    span = m.op("sub", value.stop, value.start)
    if not isinstance(span, Sym):
        return max(0, math.ceil(float(span) / value.step))
    assert m.code is not None
    if value.step != 1:
        span = m.op("ceil", m.op("div", span, float(value.step)))
    length = number(span)
    return m.code.let(f"{length} if {length} > 0.0 else 0.0")


def bind(m: Machine, target: ast.expr, value: Value) -> None:
    """Assign to a name, or unpack into several."""
    if isinstance(target, ast.Name):
        m.set_name(target.id, value)
    elif isinstance(target, ast.Tuple | ast.List):
        unpack(m, target, value, bind)
    else:
        raise Wrong("R041", "This cannot be a loop variable.")


def unpack(
    m: Machine,
    target: ast.Tuple | ast.List,
    value: Value,
    store: Callable[[Machine, ast.expr, Value], None],
) -> None:
    """Give the elements of a value to several targets, by `store`."""
    if isinstance(value, Unknown):
        values: list[Value] = [UNKNOWN] * len(target.elts)
    else:
        items = items_of(m, value)
        if isinstance(items.n, Sym) or items.present is not None:
            m.lose("a value of unknown length is unpacked")
        values = _one_each(m, target.elts, [items.get(i) for i in range(items.n)])
    for part, item in zip(target.elts, values, strict=True):
        store(m, part.value if isinstance(part, ast.Starred) else part, item)


def _one_each(m: Machine, targets: list[ast.expr], values: list[Value]) -> list[Value]:
    """One value for each target; `*rest` gets a list of what the others leave."""
    stars = [i for i, target in enumerate(targets) if isinstance(target, ast.Starred)]
    n_rest = len(values) - len(targets) + 1
    if len(stars) == 1 and n_rest >= 0:
        i = stars[0]
        return [*values[:i], m.list(values[i : i + n_rest]), *values[i + n_rest :]]
    if len(values) != len(targets):
        message = f"{len(values)} values cannot be unpacked into {len(targets)} names."
        raise Wrong("R037", message, "Unpack into as many names as there are values.")
    return values
