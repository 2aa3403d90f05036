"""How each kind of expression is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from alignenv.program import limits
from alignenv.program.calls import call, lookup, make_closure, spread
from alignenv.program.choice import by_option
from alignenv.program.emitter import truth
from alignenv.program.functions import CONSTANTS, MODULES, TABLE, unlisted
from alignenv.program.indexing import get_item
from alignenv.program.keys import Index, Rest, Slice, Span
from alignenv.program.loops import fold
from alignenv.program.machine import Machine
from alignenv.program.methods import attribute, field_of
from alignenv.program.more_numpy import mesh
from alignenv.program.object_functions import set_
from alignenv.program.operators import binary, boolean, compare, conditional, unary
from alignenv.program.rules import Wrong
from alignenv.program.storing import append, set_key, update
from alignenv.program.values import (
    UNKNOWN,
    Dict,
    Maybe,
    Module,
    Record,
    Sym,
    Text,
    Unknown,
    Value,
    kind_of,
)


def constant(_m: Machine, node: ast.Constant) -> Value:
    """A literal; every number is a float64."""
    value = node.value
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return float(value)
    raise Wrong("R041", f"`{value!r}` is not in the language.")


def name(m: Machine, node: ast.Name) -> Value:
    """A variable, constant, function or module."""
    value = lookup(m, node.id)
    if isinstance(value, Maybe):
        assert m.code is not None
        m.code.suspect(truth(value.is_none))
        return value.value
    return value


def attribute_of(m: Machine, node: ast.Attribute) -> Value:
    """`base.name`: a field, a function of numpy or math, or a method."""
    base = m.eval(node.value)
    if isinstance(base, Unknown):
        return UNKNOWN
    if isinstance(base, Record):
        return field_of(base, node.attr)
    if isinstance(base, Module):
        path = f"{base.path}.{node.attr}"
        if path in CONSTANTS:
            return CONSTANTS[path]
        if path in MODULES:
            return Module(path)
        if path in TABLE:
            return TABLE[path]
        raise Wrong("R034", *unlisted(path))
    return attribute(m, base, node.attr)


def subscript(m: Machine, node: ast.Subscript) -> Value:
    """`base[index]`."""
    base, index = m.eval(node.value), index_of(m, node.slice)
    if isinstance(base, Module) and base.path == "numpy.mgrid":
        return _grid(m, index if isinstance(index, tuple) else (index,))
    return get_item(m, base, index)


def _grid(m: Machine, axes: tuple[Index, ...]) -> Value:
    """`np.mgrid[0:7, 0:7]`."""
    bounds = [
        (axis.start or 0, axis.stop)
        for axis in axes
        if isinstance(axis, Slice) and axis.stop is not None and axis.step is None
    ]
    if len(bounds) != len(axes) or not 1 <= len(axes) <= 2:
        raise Wrong("R037", "np.mgrid takes one or two slices such as 0:7.")
    return mesh(m, bounds)


def index_of(m: Machine, node: ast.expr) -> Index:
    """Value of what stands between brackets."""
    if isinstance(node, ast.Tuple):
        return tuple(index_of(m, part) for part in node.elts)
    if isinstance(node, ast.Constant) and node.value is Ellipsis:
        return Rest()
    if not isinstance(node, ast.Slice):
        return m.eval(node)
    parts = (node.lower, node.upper, node.step)
    values = [None if part is None else m.eval(part) for part in parts]
    if values[2] is None and any(isinstance(value, Sym) for value in values):
        first, last, _ = (v if isinstance(v, Sym) else _bound(m, v) for v in values)
        return Span(first, last)
    start, stop, step = (_bound(m, value) for value in values)
    if step == 0:
        raise Wrong("R037", "The step of a slice cannot be 0.")
    return Slice(start, stop, step)


def _bound(m: Machine, value: Value) -> int | None:
    if isinstance(value, Sym | Unknown):
        m.lose("a slice has bounds known at run time only")
    if value is not None and not (isinstance(value, float) and value.is_integer()):
        raise Wrong("R037", "A slice needs whole numbers.")
    return None if value is None else int(value)


def sequence_display(m: Machine, node: ast.Tuple | ast.List) -> Value:
    """`(a, b)` and `[a, b]`."""
    values = _elements(m, node.elts)
    return tuple(values) if isinstance(node, ast.Tuple) else m.list(values)


def _elements(m: Machine, parts: list[ast.expr]) -> list[Value]:
    values: list[Value] = []
    for part in parts:
        values.extend(spread(m, part) if isinstance(part, ast.Starred) else [m.eval(part)])
    return values


def set_display(m: Machine, node: ast.Set) -> Value:
    """`{a, b}`: a tuple, for `in`."""
    values = _elements(m, node.elts)
    if all(isinstance(value, float | bool | str) for value in values):
        values = list(dict.fromkeys(values))
    return tuple(values)


def dict_display(m: Machine, node: ast.Dict) -> Value:
    """`{key: value, **other}`."""
    result = m.dict({})
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        if key_node is not None:
            key = m.eval(key_node)
            set_key(m, result, key, m.eval(value_node))
            continue
        other = m.eval(value_node)
        if not isinstance(other, Dict):
            raise Wrong("R037", f"`**` needs a dict here; this is {kind_of(other)}.")
        update(m, result, m.content(other))
    return result


def comprehension(m: Machine, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Value:
    """`[f(x) for x in xs if test]`; a generator expression is a list, too."""
    result = m.list([])
    fold(m, node.generators, node.elt, lambda value: append(m, result, value), grows=True)
    return result


def set_comprehension(m: Machine, node: ast.SetComp) -> Value:
    """`{f(x) for x in xs}`: the distinct elements, as a tuple."""
    return set_(m, comprehension(m, node))


def dict_comprehension(m: Machine, node: ast.DictComp) -> Value:
    """`{key: value for x in xs}`."""
    result = m.dict({})
    pair = ast.copy_location(ast.Tuple([node.key, node.value], ast.Load()), node)

    def body(value: Value) -> None:
        if not isinstance(value, tuple):
            m.lose("a key is only known at run time")
        set_key(m, result, value[0], value[1])

    fold(m, node.generators, pair, body, grows=True)
    return result


def formatted(m: Machine, node: ast.JoinedStr) -> Value:
    """An f-string over known values."""
    parts: list[str | Text] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
            continue
        assert isinstance(part, ast.FormattedValue)
        value = m.eval(part.value)
        if isinstance(value, Sym | Unknown):
            m.lose("an f-string holds a value known at run time only")
        if not isinstance(value, str | Text | float | bool):
            raise Wrong("R039", f"An f-string cannot hold {kind_of(value)}.")
        whole = isinstance(value, float) and value.is_integer()
        parts.append(value if isinstance(value, Text) else str(int(value) if whole else value))

    def joined(i: int, so_far: str) -> Value:
        if len(so_far) > limits.MAX_TEXT_CHARS:
            raise Wrong("R005", "The string becomes too long.")
        if i == len(parts):
            return so_far
        return by_option(m, parts[i], lambda option: joined(i + 1, so_far + option))

    return joined(0, "")


def anonymous(m: Machine, node: ast.Lambda) -> Value:
    """`lambda x: ...`."""
    return make_closure(m, "lambda", node)


def named(m: Machine, node: ast.NamedExpr) -> Value:
    """`(name := value)`."""
    value = m.eval(node.value)
    m.set_name(node.target.id, value)
    return value


EXPRESSIONS: dict[type[ast.AST], Callable[[Machine, Any], Value]] = {
    ast.Constant: constant,
    ast.Name: name,
    ast.NamedExpr: named,
    ast.UnaryOp: unary,
    ast.BinOp: binary,
    ast.BoolOp: boolean,
    ast.IfExp: conditional,
    ast.Compare: compare,
    ast.Attribute: attribute_of,
    ast.Subscript: subscript,
    ast.Tuple: sequence_display,
    ast.List: sequence_display,
    ast.Set: set_display,
    ast.Dict: dict_display,
    ast.ListComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.SetComp: set_comprehension,
    ast.DictComp: dict_comprehension,
    ast.JoinedStr: formatted,
    ast.Lambda: anonymous,
    ast.Call: call,
}
"""Evaluator of each kind of expression."""
