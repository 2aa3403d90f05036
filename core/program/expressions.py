"""How each kind of expression is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from alignenv.program import arithmetic as ar
from alignenv.program import limits
from alignenv.program.calls import call, lookup, make_closure
from alignenv.program.equality import contains, equal
from alignenv.program.functions import CONSTANTS, MODULES, TABLE, unlisted
from alignenv.program.indexing import Index, Slice, get_item
from alignenv.program.loops import fold
from alignenv.program.machine import Evaluators, Machine
from alignenv.program.methods import attribute
from alignenv.program.reductions import matmul
from alignenv.program.rules import Wrong
from alignenv.program.values import (
    UNKNOWN,
    Array,
    Cell,
    Dict,
    Entry,
    List,
    Module,
    Record,
    Scalar,
    Sym,
    Text,
    Unknown,
    Value,
    is_scalar,
    kind_of,
)

_BINARY: dict[type[ast.operator], ar.ScalarFunction] = {
    ast.Add: ar.primitive("add"),
    ast.Sub: ar.primitive("sub"),
    ast.Mult: ar.primitive("mul"),
    ast.Div: ar.primitive("div"),
    ast.Mod: ar.mod,
    ast.FloorDiv: ar.floordiv,
    ast.Pow: ar.power,
    ast.BitAnd: ar.primitive("and"),
    ast.BitOr: ar.primitive("or"),
    ast.BitXor: ar.primitive("xor"),
}
_ORDER: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}


def constant(m: Machine, node: ast.Constant) -> Value:
    """A literal; every number is a float64."""
    value = node.value
    if isinstance(value, bool | str) or value is None or value is Ellipsis:
        return value  # type: ignore[return-value]
    return float(value)  # type: ignore[arg-type]


def name(m: Machine, node: ast.Name) -> Value:
    """A variable, constant, function or module."""
    return lookup(m, node.id)


def unary(m: Machine, node: ast.UnaryOp) -> Value:
    """`-x`, `+x`, `not x`, `~x`."""
    value = m.eval(node.operand)
    if isinstance(value, Unknown):
        return value
    if isinstance(node.op, ast.Not):
        return m.op("not", m.truth(value))
    if isinstance(node.op, ast.Invert):
        array = ar.as_array(m, value)
        if not ar.is_bool(array):
            raise Wrong("R037", "`~` is for truth values only.", "Use `not x` or `-x`.")
        return ar.elementwise(m, ar.primitive("not"), value)
    return ar.elementwise(m, ar.primitive("neg" if isinstance(node.op, ast.USub) else "num"), value)


def binary(m: Machine, node: ast.BinOp) -> Value:
    """`x + y` and the like."""
    return operate(m, node.op, m.eval(node.left), m.eval(node.right))


def operate(m: Machine, op: ast.operator, left: Value, right: Value) -> Value:
    """Apply a binary operator to two values."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    if isinstance(op, ast.MatMult):
        return matmul(m, left, right)
    if isinstance(op, ast.Add | ast.Mult) and (joined := _joined(m, op, left, right)) is not None:
        return joined
    if type(op) not in _BINARY:
        raise Wrong("R041", f"The operator {type(op).__name__} is not in the language.")
    if isinstance(op, ast.BitAnd | ast.BitOr | ast.BitXor):
        for value in (left, right):
            if not ar.is_bool(ar.as_array(m, value)):
                raise Wrong("R037", "`&`, `|` and `^` are for truth values only.", "Use `and`.")
    for value in (left, right):
        if not is_scalar(value) and not isinstance(value, Array):
            if isinstance(value, List | tuple) and isinstance(left, Array) | isinstance(
                right, Array
            ):
                continue
            m.not_a_number(value)
    return ar.elementwise(m, _BINARY[type(op)], left, right)


def _joined(m: Machine, op: ast.operator, left: Value, right: Value) -> Value | None:
    """`+` and `*` of strings, lists and tuples."""
    if isinstance(op, ast.Mult):
        if isinstance(right, List | tuple | str):
            left, right = right, left
        if isinstance(left, List | tuple | str) and is_scalar(right):
            return _repeated(m, left, right)  # type: ignore[arg-type]
        return None
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > limits.MAX_TEXT_CHARS:
            raise Wrong("R005", "The string becomes too long.")
        return left + right
    if isinstance(left, tuple) and isinstance(right, tuple):
        return left + right
    if isinstance(left, List) and isinstance(right, List):
        entries = m.content(left) + m.content(right)
        joined = m.list([])
        joined.state = entries
        return joined
    return None


def _repeated(m: Machine, value: List | tuple[Any, ...] | str, times: Scalar) -> Value:
    if isinstance(times, Sym):
        return m.lose("a list is repeated a number of times known at run time")
    n = max(0, int(times))
    if isinstance(value, str):
        raise Wrong("R037", "Strings cannot be repeated.")
    items = list(value) if isinstance(value, tuple) else ar.plain(m, m.content(value))
    if n * len(items) > limits.MAX_ITEMS:
        m.fault("E001", f"a list of {n * len(items)} items is too long")
        n = 0
    return tuple(items * n) if isinstance(value, tuple) else m.list(items * n)


def boolean(m: Machine, node: ast.BoolOp) -> Value:
    """`and` and `or`: the value that decides, later operands only where needed."""
    is_and = isinstance(node.op, ast.And)

    def rest(i: int) -> Value:
        value = m.eval(node.values[i])
        if i + 1 == len(node.values):
            return value
        test = m.truth(value)
        if not isinstance(test, Sym):
            return rest(i + 1) if bool(test) is is_and else value
        decided = not is_and if is_scalar(value) and ar.is_bool(value) else value  # type: ignore[arg-type]
        if is_and:
            return choose(m, test, lambda: rest(i + 1), lambda: decided)
        return choose(m, test, lambda: decided, lambda: rest(i + 1))

    return rest(0)


def choose(m: Machine, test: Scalar, yes: Callable[[], Value], no: Callable[[], Value]) -> Value:
    """The value of one of two expressions; only that one is evaluated."""
    if not isinstance(test, Sym):
        return yes() if test else no()
    cell = Cell(None, m.birth())
    m.branch(test, lambda: m.write(cell, yes()), lambda: m.write(cell, no()))
    return cell.state  # type: ignore[no-any-return]


def conditional(m: Machine, node: ast.IfExp) -> Value:
    """`a if test else b`."""
    test = m.truth(m.eval(node.test))
    return choose(m, test, lambda: m.eval(node.body), lambda: m.eval(node.orelse))


def compare(m: Machine, node: ast.Compare) -> Value:
    """Comparisons, chained ones from left to right."""
    left = m.eval(node.left)

    def rest(i: int, left: Value) -> Value:
        right = m.eval(node.comparators[i])
        result = _compared(m, node.ops[i], left, right)
        if i + 1 == len(node.ops):
            return result
        test = m.truth(result)
        if not isinstance(test, Sym):
            return rest(i + 1, right) if test else result
        return choose(m, test, lambda: rest(i + 1, right), lambda: False)

    return rest(0, left)


def _compared(m: Machine, op: ast.cmpop, left: Value, right: Value) -> Value:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    if isinstance(op, ast.Is | ast.IsNot):
        same = _identical(m, left, right)
        return same if isinstance(op, ast.Is) else m.op("not", same)
    if isinstance(op, ast.In | ast.NotIn):
        found = contains(m, right, left)
        return found if isinstance(op, ast.In) else m.op("not", found)
    if isinstance(op, ast.Eq | ast.NotEq):
        if isinstance(left, Array) or isinstance(right, Array):
            name = "eq" if isinstance(op, ast.Eq) else "ne"
            return ar.elementwise(m, ar.primitive(name), left, right)
        same = equal(m, left, right)
        return same if isinstance(op, ast.Eq) else m.op("not", same)
    return ar.elementwise(m, ar.primitive(_ORDER[type(op)]), left, right)


def _identical(m: Machine, left: Value, right: Value) -> Scalar:
    for value, other in ((left, right), (right, left)):
        if value is None:
            return other is None
        if isinstance(value, bool):
            return m.op("eq", value, other) if is_scalar(other) else False
    raise Wrong("R041", "`is` is for None, True and False only.", "Use `==`.")


def attribute_of(m: Machine, node: ast.Attribute) -> Value:
    """`base.name`: a field, a function of numpy or math, or a method."""
    base = m.eval(node.value)
    if isinstance(base, Unknown):
        return UNKNOWN
    if isinstance(base, Record):
        value = base.fields(node.attr)
        if value is None:
            raise Wrong("R035", *unknown_field(base, node.attr))
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


def unknown_field(record: Record, field: str) -> tuple[str, str]:
    """Message and cure for a field that the record does not have."""
    from difflib import get_close_matches

    close = get_close_matches(field, record.names, n=1, cutoff=0.4)
    hint = f"Did you mean `{close[0]}`? " if close else ""
    return (
        f"The state record has no field `{field}`.",
        f"{hint}The fields are: {', '.join(record.names)}.",
    )


def subscript(m: Machine, node: ast.Subscript) -> Value:
    """`base[index]`."""
    return get_item(m, m.eval(node.value), index_of(m, node.slice))


def index_of(m: Machine, node: ast.expr) -> Index:
    """Value of what stands between brackets."""
    if isinstance(node, ast.Tuple):
        return tuple(index_of(m, part) for part in node.elts)
    if not isinstance(node, ast.Slice):
        return m.eval(node)
    bounds: list[int | None] = []
    for part in (node.lower, node.upper, node.step):
        value = None if part is None else m.eval(part)
        if isinstance(value, Sym | Unknown):
            m.lose("a slice has bounds known at run time only")
        if value is not None and not (isinstance(value, float | bool) and value == int(value)):
            raise Wrong("R037", "A slice needs whole numbers.")
        bounds.append(None if value is None else int(value))
    if bounds[2] == 0:
        raise Wrong("R037", "The step of a slice cannot be 0.")
    return Slice(*bounds)


def sequence_display(m: Machine, node: ast.Tuple | ast.List) -> Value:
    """`(a, b)` and `[a, b]`."""
    values = [m.eval(part) for part in node.elts]
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
        key = m.eval(key_node)
        if isinstance(key, Sym | Text | Unknown):
            m.lose("a dict has a key known at run time only")
        if not isinstance(key, str | float | bool | tuple):
            raise Wrong("R037", f"A key must be a string or a number; this is {kind_of(key)}.")
        entries[key] = Entry(m.eval(value_node))
    joined = m.dict({})
    joined.state = entries
    return joined


def comprehension(m: Machine, node: ast.ListComp | ast.GeneratorExp) -> Value:
    """`[f(x) for x in xs if test]`; a generator expression is a list, too."""
    result = m.list([])
    fold(m, node.generators, node.elt, lambda value: append(m, result, value), grows=True)
    return result


def append(m: Machine, target: List, value: Value) -> None:
    """Add one item to a list."""
    entries = m.content(target)
    if len(entries) >= limits.MAX_ITEMS:
        m.fault("E001", f"a list has more than {limits.MAX_ITEMS} items")
        return
    m.change(target, (*entries, Entry(value)))


def dict_comprehension(m: Machine, node: ast.DictComp) -> Value:
    """`{key: value for x in xs}`."""
    from alignenv.program.indexing import set_key

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


EXPRESSIONS: Evaluators = {
    ast.Constant: constant,
    ast.Name: name,
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
