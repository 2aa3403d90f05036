"""What can be read off a program's text: what a component depends on, what it misreads.

Nothing is run. The text has passed the reward language's check, so that its form is known: names
are assigned expressions, and components are the entries of a literal dictionary.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alignenv.spec import Field, StateSpec

ACTION = "action"
_OPERATIONS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Eq: operator.eq, ast.NotEq: operator.ne,
}  # fmt: skip
_MIRRORED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Misreading:
    """A use of a field that its line in the card does not bear out; `line` counts from 1."""

    field: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class _Use:
    """One place where a field is read."""

    field: Field
    node: ast.expr


class Reading:
    """A program as analysts and critics read it.

    Args:
        source: Its text; one that is no Python reads as empty.
        spec: Fields of the state records.

    Attributes:
        tree: The text as Python reads it.
        spec: Fields of the state records.
    """

    def __init__(self, source: str, spec: StateSpec) -> None:
        try:
            self.tree: ast.AST = ast.parse(source)
        except (SyntaxError, ValueError):
            self.tree = ast.Module(body=[], type_ignores=[])
        self.spec = spec
        self._parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    @cached_property
    def components(self) -> dict[str, frozenset[str]]:
        """Fields that each component depends on, `action` among them where it does."""
        return {
            name: frozenset(self._fields(value, set())) for name, value in self._entries.items()
        }

    @cached_property
    def _entries(self) -> dict[str, ast.expr]:
        """The expression of each component."""
        return {
            key.value: value
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Dict)
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }

    @cached_property
    def changes(self) -> frozenset[str]:
        """Components that depend on the records before and after a step: on what changed."""
        found: set[str] = set()
        for name, value in self._entries.items():
            names = set(self._names(value, set()))
            if {*self._records} <= names:
                found.add(name)
        return frozenset(found)

    @cached_property
    def _records(self) -> tuple[str, ...]:
        """What the main function calls the records before and after a step."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef) and node.name == "reward":
                names = [argument.arg for argument in node.args.args]
                return (names[0], names[2]) if len(names) > 2 else tuple(names)
        return ("prev", "state")

    def _names(self, expression: ast.expr, seen: set[str]) -> Iterator[str]:
        """Names that an expression depends on, through assignments."""
        for node in ast.walk(expression):
            if isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                yield node.id
                for part in self._assigned.get(node.id, ()):
                    yield from self._names(part, seen)

    def charges(self, name: str) -> bool:
        """Whether a component is written as a charge: all that it is made of is below 0."""
        return name in self._entries and self._is_charge(self._entries[name], set())

    def misreadings(self) -> list[Misreading]:
        """Fields that are misread, each once per kind of misreading."""
        return _first_of_each([*self._missing_values(self._uses), *self.impossible_values()])

    def impossible_values(self) -> list[Misreading]:
        """Fields that are compared with values that they never have, each once per value."""
        return _first_of_each(list(self._impossible_values(self._uses)))

    def meaning(self, name: str) -> ast.expr | None:
        """The one expression that a name stands for; None where it gets several, or none."""
        values = self._assigned.get(name, [])
        return values[0] if len(values) == 1 else None

    def field_of(self, node: ast.AST) -> Field | None:
        """The field of `state.distance`, whatever the record is called; None for all else."""
        name = self._field_name(node)
        return None if name is None else self.spec[name]

    @cached_property
    def _helpers(self) -> dict[str, list[ast.expr]]:
        """Expressions inside each function by the function's name."""
        return {
            function.name: [n for n in ast.walk(function) if isinstance(n, ast.expr)]
            for function in ast.walk(self.tree)
            if isinstance(function, ast.FunctionDef)
        }

    @cached_property
    def _assigned(self) -> dict[str, list[ast.expr]]:
        """Expressions that each name gets, with the tests of the branches it gets them in."""
        found: dict[str, list[ast.expr]] = {}
        for node in ast.walk(self.tree):
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AugAssign | ast.AnnAssign):
                targets = [node.target]
            for target in targets:
                value = getattr(node, "value", None)
                if isinstance(target, ast.Name) and value is not None:
                    found.setdefault(target.id, []).extend([value, *self._tests(node)])
        return found

    def _tests(self, node: ast.AST) -> Iterator[ast.expr]:
        while (parent := self._parents.get(node)) is not None:
            if isinstance(parent, ast.If):
                yield parent.test
            node = parent

    def _fields(self, expression: ast.expr, seen: set[str]) -> Iterator[str]:
        for node in ast.walk(expression):
            if (read := self._field_name(node)) is not None:
                yield read
            elif isinstance(node, ast.Name) and node.id == ACTION:
                yield ACTION
            elif isinstance(node, ast.Name) and node.id not in seen:
                seen.add(node.id)
                for part in (*self._assigned.get(node.id, ()), *self._helpers.get(node.id, ())):
                    yield from self._fields(part, seen)

    def _field_name(self, node: ast.AST) -> str | None:
        """`distance` of `state.distance`, whatever the record is called."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return node.attr if node.attr in self.spec else None
        return None

    def _is_charge(self, expression: ast.expr, seen: set[str]) -> bool:
        if isinstance(expression, ast.IfExp):
            parts = [p for p in (expression.body, expression.orelse) if _number(p) != 0.0]
            return bool(parts) and all(self._is_charge(part, seen) for part in parts)
        if isinstance(expression, ast.UnaryOp) and isinstance(expression.op, ast.USub):
            return True
        if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Mult):
            return self._is_charge(expression.left, seen) != self._is_charge(expression.right, seen)
        if isinstance(expression, ast.Name) and expression.id not in seen:
            seen.add(expression.id)
            given = [v for v in self._assigned.get(expression.id, []) if _number(v) != 0.0]
            values = [v for v in given if not isinstance(v, ast.Compare | ast.BoolOp)]
            return bool(values) and any(self._is_charge(value, seen) for value in values)
        return False

    @cached_property
    def _uses(self) -> list[_Use]:
        """Places where a scalar field is read, directly or by a name that stands for it."""
        return list(self._found_uses())

    def _found_uses(self) -> Iterator[_Use]:
        aliases: dict[str, str] = {}
        for name, values in self._assigned.items():
            reads = {self._field_name(value) for value in values}
            if len(values) == 1 and (read := reads.pop()) is not None:
                aliases[name] = read
        for node in ast.walk(self.tree):
            read = self._field_name(node)
            if read is None and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                read = aliases.get(node.id)
            elif read is not None and isinstance(self._parents.get(node), ast.Assign):
                continue
            if read is not None and isinstance(node, ast.expr):
                field = self.spec[read]
                if not field.shape:
                    yield _Use(field, node)

    def _compared(self, use: _Use) -> tuple[type[ast.cmpop], float] | None:
        """The operation and the number that a field is compared with, the field on the left."""
        parent = self._parents.get(use.node)
        if not isinstance(parent, ast.Compare) or len(parent.ops) != 1:
            return None
        kind = type(parent.ops[0])
        is_left = parent.left is use.node
        value = _number(parent.comparators[0] if is_left else parent.left)
        if value is None or kind not in _OPERATIONS:
            return None
        return (kind if is_left else _MIRRORED.get(kind, kind)), value

    def _missing_values(self, uses: list[_Use]) -> Iterator[Misreading]:
        guarded = {use.field.name for use in uses if self._is_guard(use)}
        for use in uses:
            missing = use.field.missing
            if missing is None or use.field.name in guarded:
                continue
            compared = self._compared(use)
            if compared is not None:
                kind, value = compared
                is_near = kind in (ast.Lt, ast.LtE)
                if not (is_near and _OPERATIONS[kind](missing, value)):
                    continue
            elif not self._is_arithmetic(use.node):
                continue
            what = f"{missing:g} means none there, and the program takes it for a number"
            yield Misreading(use.field.name, use.node.lineno, what)

    def _is_guard(self, use: _Use) -> bool:
        """Whether a comparison tells the value that means none from all others."""
        compared, missing = self._compared(use), use.field.missing
        if compared is None or missing is None:
            return False
        kind, value = compared
        holds = _OPERATIONS[kind]
        others = {holds(other, value) for other in (missing + 1, use.field.high)}
        return len(others) == 1 and holds(missing, value) not in others

    def _is_arithmetic(self, node: ast.AST) -> bool:
        parent = self._parents.get(node)
        return isinstance(parent, ast.BinOp | ast.Call | ast.UnaryOp) and not (
            isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
        )

    def _impossible_values(self, uses: list[_Use]) -> Iterator[Misreading]:
        for use in uses:
            compared, field = self._compared(use), use.field
            if compared is None or not np.isfinite([field.low, field.high]).all():
                continue
            kind, value = compared
            ends = [field.low, field.high, *([] if field.missing is None else [field.missing])]
            is_outside = value > max(ends) or value < min(ends)
            is_edge = kind is ast.Gt and value == max(ends)
            is_between = field.kind in ("int", "bool") and kind is ast.Eq and value % 1 != 0
            if is_outside or is_edge or is_between:
                what = (
                    f"it is compared with {value:g} and goes from {field.low:g} to {field.high:g}"
                )
                yield Misreading(field.name, use.node.lineno, what)


def _first_of_each(found: list[Misreading]) -> list[Misreading]:
    return list({(m.field, m.what): m for m in reversed(found)}.values())[::-1]


def _number(node: ast.expr) -> float | None:
    """A number written out, with its sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    return None
