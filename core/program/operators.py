"""Operators: arithmetic, logic, comparison, choice."""

from __future__ import annotations

import ast
from typing import Any

from alignenv.program import arithmetic as ar
from alignenv.program import limits
from alignenv.program.calls import lookup
from alignenv.program.choice import by_option, choose
from alignenv.program.equality import contains, equal
from alignenv.program.linear import matmul
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.storing import update
from alignenv.program.values import (
    UNKNOWN,
    Array,
    Dict,
    List,
    Maybe,
    Picked,
    Scalar,
    Sym,
    Text,
    Unknown,
    Value,
    is_scalar,
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
_LOGICAL = (ast.BitAnd, ast.BitOr, ast.BitXor)
_ORDER: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}


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
    if isinstance(op, ast.Add) and (joined := _joined(m, left, right)) is not None:
        return joined
    if isinstance(op, ast.BitOr) and isinstance(left, Dict) and isinstance(right, Dict):
        joined = m.box(Dict, m.content(left))
        update(m, joined, m.content(right))
        return joined
    if isinstance(op, ast.Mult):
        for value, times in ((left, right), (right, left)):
            if isinstance(value, List | tuple) and is_scalar(times):
                return _repeated(m, value, times)
    _check_operands(m, op, left, right)
    return ar.elementwise(m, _BINARY[type(op)], left, right)


def _check_operands(m: Machine, op: ast.operator, left: Value, right: Value) -> None:
    has_array = isinstance(left, Array | Picked) or isinstance(right, Array | Picked)
    for value in (left, right):
        is_rows = has_array and isinstance(value, List | tuple)
        if not is_scalar(value) and not isinstance(value, Array | Picked) and not is_rows:
            m.not_a_number(value)
        plain = value.rows if isinstance(value, Picked) else value
        if isinstance(op, _LOGICAL) and not ar.is_bool(ar.as_array(m, plain)):
            raise Wrong("R037", "`&`, `|` and `^` are for truth values only.", "Use `and`.")


def _joined(m: Machine, left: Value, right: Value) -> Value | None:
    """`+` of strings, lists and tuples."""
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > limits.MAX_TEXT_CHARS:
            raise Wrong("R005", "The string becomes too long.")
        return left + right
    if isinstance(left, str | Text) and isinstance(right, str | Text):
        return by_option(m, left, lambda a: by_option(m, right, lambda b: _joined(m, a, b)))
    if isinstance(left, tuple) and isinstance(right, tuple):
        m.check_length(len(left) + len(right))
        return left + right
    if isinstance(left, List) and isinstance(right, List):
        entries = m.content(left) + m.content(right)
        m.check_length(len(entries))
        return m.box(List, entries)
    return None


def _repeated(m: Machine, value: List | tuple[Any, ...], times: Scalar) -> Value:
    if isinstance(times, Sym):
        return m.lose("a list is repeated a number of times known at run time")
    if not float(times).is_integer():
        raise Wrong("R037", "A list is repeated a whole number of times.")
    n = max(0, int(times))
    items = list(value) if isinstance(value, tuple) else ar.plain(m, m.content(value))
    m.check_length(n * len(items))
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
        decided = not is_and if is_scalar(value) and ar.is_bool(value) else value
        if is_and:
            return choose(m, test, lambda: rest(i + 1), lambda: decided)
        return choose(m, test, lambda: decided, lambda: rest(i + 1))

    return rest(0)


def conditional(m: Machine, node: ast.IfExp) -> Value:
    """`a if test else b`."""
    test = m.truth(m.eval(node.test))
    return choose(m, test, lambda: m.eval(node.body), lambda: m.eval(node.orelse))


def compare(m: Machine, node: ast.Compare) -> Value:
    """Comparisons, chained ones from left to right."""
    left = _compared_operand(m, node)

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


def _compared_operand(m: Machine, node: ast.Compare) -> Value:
    """The left side; `x is None` is asked of a variable that may be None itself."""
    if isinstance(node.ops[0], ast.Is | ast.IsNot) and isinstance(node.left, ast.Name):
        return lookup(m, node.left.id)
    return m.eval(node.left)


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
        if isinstance(left, Array | Picked) or isinstance(right, Array | Picked):
            name = "eq" if isinstance(op, ast.Eq) else "ne"
            return ar.elementwise(m, ar.primitive(name), left, right)
        same = equal(m, left, right)
        return same if isinstance(op, ast.Eq) else m.op("not", same)
    return ar.elementwise(m, ar.primitive(_ORDER[type(op)]), left, right)


def _identical(m: Machine, left: Value, right: Value) -> Scalar:
    for value, other in ((left, right), (right, left)):
        if value is None:
            return other.is_none if isinstance(other, Maybe) else other is None
        if isinstance(value, bool):
            return m.op("eq", value, other) if is_scalar(other) else False
    raise Wrong("R041", "`is` is for None, True and False only.", "Use `==`.")
