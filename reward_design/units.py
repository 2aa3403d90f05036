"""Fields of different units that a program adds or compares as they are.

Units come from the task card. A product with anything has no unit here: a weight may well turn
metres and radians into one scale. Only what is surely of one unit meets what is surely of another.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from alignenv.reward_design.reading import Misreading, Reading

_KEEPING = frozenset(
    ("abs", "fabs", "float", "max", "min", "maximum", "minimum", "norm", "hypot", "sum", "mean")
)
"""Functions whose result has the unit of their arguments."""
_COMPARING = frozenset(("max", "min", "maximum", "minimum", "hypot"))
"""Functions whose arguments have to be of one unit."""
_DEEPEST = 50
"""Most names that an expression is followed through."""


def mixed_units(reading: Reading) -> list[Misreading]:
    """Each place where quantities of two units are added, subtracted or compared, once per line."""
    found: dict[tuple[int, str], Misreading] = {}
    for node in ast.walk(reading.tree):
        for doing, left, right in _meetings(node):
            one, other = _unit(reading, left), _unit(reading, right)
            if one and other and one != other:
                what = f"a quantity in {one} is {doing} one in {other}"
                misread = Misreading(_field(reading, left), left.lineno, what)
                found.setdefault((misread.line, what), misread)
    return sorted(found.values(), key=lambda m: m.line)


def _meetings(node: ast.AST) -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """What is done with which two expressions that have to be of one unit."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield "added to" if isinstance(node.op, ast.Add) else "set off against", *_sides(node)
    elif isinstance(node, ast.Compare):
        for left, right in pairwise((node.left, *node.comparators)):
            yield "compared with", left, right
    elif isinstance(node, ast.Call) and _called(node) in _COMPARING:
        for left, right in pairwise(node.args):
            yield "compared with", left, right


def _sides(node: ast.BinOp) -> tuple[ast.expr, ast.expr]:
    return node.left, node.right


def _unit(reading: Reading, node: ast.AST, depth: int = 0) -> str:
    """The unit of an expression; empty where it has none or cannot be told."""
    if depth > _DEEPEST:
        return ""
    if (field := reading.field_of(node)) is not None:
        return field.unit
    return _same(_unit(reading, part, depth + 1) for part in _parts(reading, node))


def _parts(reading: Reading, node: ast.AST) -> Sequence[ast.AST]:
    """Expressions whose unit a node has; none where it has a unit of its own, or none."""
    match node:
        case ast.Name():
            meaning = reading.meaning(node.id)
            return () if meaning is None else (meaning,)
        case ast.UnaryOp(op=ast.USub()):
            return (node.operand,)
        case ast.Subscript():
            return (node.value,)
        case ast.IfExp():
            return (node.body, node.orelse)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return (node.left, node.right)
        case ast.Call() if _called(node) in _KEEPING:
            return node.args
    return ()


def _same(units: Iterator[str]) -> str:
    """The unit that all have; empty where they differ or one has none."""
    distinct = set(units)
    return distinct.pop() if len(distinct) == 1 else ""


def _called(node: ast.Call) -> str:
    """`norm` of `np.linalg.norm(...)`."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _field(reading: Reading, node: ast.expr) -> str:
    """The first field that an expression reads as it is written; empty for a name of its own."""
    fields = (reading.field_of(part) for part in ast.walk(node))
    return next((field.name for field in fields if field is not None), "")
