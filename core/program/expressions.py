"""How each kind of expression is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from alignenv.program import limits
from alignenv.program.calls import call, lookup, make_closure, spread
from alignenv.program.emitter import truth
from alignenv.program.functions import CONSTANTS, MODULES, TABLE, unlisted
from alignenv.program.indexing import Index, Rest, Slice, get_item, known_key
from alignenv.program.loops import fold
from alignenv.program.machine import Machine
from alignenv.program.messages import near
from alignenv.program.methods import attribute
from alignenv.program.operators import binary, boolean, compare, conditional, unary
from alignenv.program.rules import Wrong
from alignenv.program.storing import append, set_key
from alignenv.program.values import (
    UNKNOWN,
    Dict,
    Entry,
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
        return value.number
    return value


def attribute_of(m: Machine, node: ast.Attribute) -> Value:
    """`base.name`: a field, a function of numpy or math, or a method."""
    base = m.eval(node.value)
    if isinstance(base, Unknown):
        return UNKNOWN
    if isinstance(base, Record):
        value = base.fields(node.attr)
        if value is None:
            message = f"The state record has no field `{node.attr}`."
            raise Wrong("R035", message, near(node.attr, base.names, "The fields are"))
        return value
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
    return get_item(m, m.eval(node.value), index_of(m, node.slice))


def index_of(m: Machine, node: ast.expr) -> Index:
    """Value of what stands between brackets."""
    if isinstance(node, ast.Tuple):
        return tuple(index_of(m, part) for part in node.elts)
    if isinstance(node, ast.Constant) and node.value is Ellipsis:
        return Rest()
    if not isinstance(node, ast.Slice):
        return m.eval(node)
    parts = (node.lower, node.upper, node.step)
    start, stop, step = (None if part is None else _bound(m, m.eval(part)) for part in parts)
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
    values: list[Value] = []
    for part in node.elts:
        values.extend(spread(m, part) if isinstance(part, ast.Starred) else [m.eval(part)])
    return tuple(values) if isinstance(node, ast.Tuple) else m.list(values)


def set_display(m: Machine, node: ast.Set) -> Value:
    """`{a, b}`: a tuple, for `in`."""
    values = [m.eval(part) for part in node.elts]
    if all(isinstance(value, float | bool | str) for value in values):
        values = list(dict.fromkeys(values))
    return tuple(values)


def dict_display(m: Machine, node: ast.Dict) -> Value:
    """`{key: value, **other}`."""
    entries: dict[Any, Entry] = {}
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        if key_node is None:
            other = m.eval(value_node)
            if not isinstance(other, Dict):
                raise Wrong("R037", f"`**` needs a dict here; this is {kind_of(other)}.")
            entries.update(m.content(other))
            continue
        key = known_key(m, m.eval(key_node))
        entries[key] = Entry(m.eval(value_node))
    return m.box(Dict, entries)


def comprehension(m: Machine, node: ast.ListComp | ast.GeneratorExp) -> Value:
    """`[f(x) for x in xs if test]`; a generator expression is a list, too."""
    result = m.list([])
    fold(m, node.generators, node.elt, lambda value: append(m, result, value), grows=True)
    return result


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
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
            continue
        assert isinstance(part, ast.FormattedValue)
        value = m.eval(part.value)
        if isinstance(value, Sym | Text | Unknown):
            m.lose("an f-string holds a value known at run time only")
        if not isinstance(value, str | float | bool):
            raise Wrong("R039", f"An f-string cannot hold {kind_of(value)}.")
        whole = isinstance(value, float) and value.is_integer()
        parts.append(str(int(value) if whole else value))
    text = "".join(parts)
    if len(text) > limits.MAX_TEXT_CHARS:
        raise Wrong("R005", "The string becomes too long.")
    return text


def anonymous(m: Machine, node: ast.Lambda) -> Value:
    """`lambda x: ...`."""
    return make_closure(m, "lambda", node)


def starred(_: Machine, node: ast.Starred) -> Value:
    """Refuse `*` outside of a call's arguments or another list."""
    del node
    raise Wrong("R041", "`*` is not in the language here.", "Spread in a call or a list only.")


EXPRESSIONS: dict[type[ast.AST], Callable[[Machine, Any], Value]] = {
    ast.Constant: constant,
    ast.Name: name,
    ast.Starred: starred,
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
    ast.DictComp: dict_comprehension,
    ast.JoinedStr: formatted,
    ast.Lambda: anonymous,
    ast.Call: call,
}
"""Evaluator of each kind of expression."""
