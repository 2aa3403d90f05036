"""Arithmetic over state fields as text, such as `position >= 0.45 and abs(speed) < 0.1`.

The text is parsed and walked, never executed: numbers, fields, their elements, arithmetic,
comparisons, `and`, `or`, `not` and `abs`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.errors import ConfigError
from alignenv.spec import StateSpec

Values = npt.NDArray[np.float64]
States = npt.NDArray[np.void]
_Part = Callable[[States], Any]

_ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_LONGEST = 2000


class Expression:
    """A function of state records, vectorised over them.

    Args:
        source: The text.
        spec: Fields that it may name.
        key: Where the text stands, for error messages.

    Attributes:
        source: The text.
        fields: Fields that it reads.

    Raises:
        ConfigError: The text is not an expression over the fields.
    """

    def __init__(self, source: str, spec: StateSpec, key: str) -> None:
        self.source, self._spec, self._key = source, spec, key
        self.fields: set[str] = set()
        if len(source) > _LONGEST:
            raise self._refuse(f"is longer than {_LONGEST} characters")
        try:
            tree = ast.parse(source.strip(), mode="eval")
            self._value = self._build(tree.body)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if isinstance(error, ConfigError):
                raise
            raise self._refuse(f"is not an expression: {error}") from error

    def __call__(self, state: States) -> Values:
        """Value for each record, shapes `(N,)` -> `(N,)`; true is 1 and false 0."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            value = np.asarray(self._value(state), dtype=np.float64)
        return np.broadcast_to(value, state.shape)

    def _refuse(self, what: str) -> ConfigError:
        return ConfigError(
            f"{self._key} = {self.source[:80]!r} {what}.",
            cure="Use fields, numbers, + - * /, comparisons, and, or, not, abs(). "
            f"Fields: {', '.join(self._spec.offsets)}.",
        )

    def _build(self, node: ast.expr) -> _Part:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
            value = float(node.value)  # type: ignore[arg-type]
            return lambda state: np.full(state.shape, value)
        if isinstance(node, ast.Name):
            return self._field(node.id)
        if isinstance(node, ast.Subscript):
            return self._element(node)
        if isinstance(node, ast.BoolOp | ast.UnaryOp | ast.BinOp | ast.Compare):
            return self._operation(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "abs" and len(node.args) == 1:
            inner = self._build(node.args[0])
            return lambda state: np.abs(_number(inner(state)))
        raise self._refuse(f"has {ast.unparse(node)!r}, which is not allowed")

    def _operation(self, node: ast.BoolOp | ast.UnaryOp | ast.BinOp | ast.Compare) -> _Part:
        if isinstance(node, ast.BoolOp):
            parts = [self._build(value) for value in node.values]
            join = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
            return lambda state: join.reduce([_truth(part(state)) for part in parts])
        if isinstance(node, ast.UnaryOp):
            return self._unary(node)
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            apply = _ARITHMETIC[type(node.op)]
            left, right = self._build(node.left), self._build(node.right)
            return lambda state: apply(_number(left(state)), _number(right(state)))
        if isinstance(node, ast.Compare) and all(type(op) in _COMPARISONS for op in node.ops):
            return self._comparison(node)
        raise self._refuse(f"has {ast.unparse(node)!r}, which is not allowed")

    def _unary(self, node: ast.UnaryOp) -> _Part:
        inner = self._build(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda state: ~_truth(inner(state))
        if isinstance(node.op, ast.USub):
            return lambda state: -_number(inner(state))
        if isinstance(node.op, ast.UAdd):
            return inner
        raise self._refuse(f"has {ast.unparse(node)!r}, which is not allowed")

    def _comparison(self, node: ast.Compare) -> _Part:
        parts = [self._build(side) for side in (node.left, *node.comparators)]
        tests = [_COMPARISONS[type(op)] for op in node.ops]

        def compare(state: States) -> npt.NDArray[np.bool_]:
            sides = [_number(part(state)) for part in parts]
            results = [test(a, b) for test, a, b in zip(tests, sides, sides[1:], strict=False)]
            return np.asarray(np.logical_and.reduce(results))

        return compare

    def _field(self, name: str) -> _Part:
        if name not in self._spec:
            raise self._refuse(f"names {name!r}, which is no state field")
        if self._spec[name].shape:
            raise self._refuse(f"uses {name!r} as a number; write {name}[0]")
        self.fields.add(name)
        return lambda state: state[name]

    def _element(self, node: ast.Subscript) -> _Part:
        base, index = node.value, node.slice
        if not (
            isinstance(base, ast.Name)
            and base.id in self._spec
            and isinstance(index, ast.Constant)
            and type(index.value) is int
        ):
            raise self._refuse(f"has {ast.unparse(node)!r}; an element is FIELD[NUMBER]")
        shape, name, place = self._spec[base.id].shape, base.id, index.value
        if len(shape) != 1 or not 0 <= place < shape[0]:
            raise self._refuse(f"has {ast.unparse(node)!r}, but {name} has shape {shape}")
        self.fields.add(name)
        return lambda state: state[name][..., place]


def _number(value: Any) -> Any:
    return np.asarray(value, dtype=np.float64)


def _truth(value: Any) -> Any:
    return np.asarray(value) != 0
