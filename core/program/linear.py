"""Products and lengths of vectors and matrices."""

from __future__ import annotations

import math

from alignenv.program import arithmetic as ar
from alignenv.program import limits
from alignenv.program.arithmetic import as_array, elementwise, primitive
from alignenv.program.machine import Machine
from alignenv.program.reductions import largest, norm_of, reduce, total
from alignenv.program.rules import Wrong
from alignenv.program.values import Array, Value, kind_of


def matmul(m: Machine, left: Value, right: Value) -> Value:
    """`left @ right` for vectors and matrices."""
    a, b = as_array(m, left), as_array(m, right)
    if not isinstance(a, Array) or not isinstance(b, Array):
        raise Wrong("R037", "`@` needs two arrays.", "Use `*` for numbers.")
    if max(len(a.shape), len(b.shape)) > 2 or a.shape[-1] != b.shape[0]:
        raise Wrong("R037", f"Shapes {a.shape} and {b.shape} cannot be multiplied by `@`.")
    n = a.shape[-1]
    rows, columns = a.size // n, b.size // n
    m.charge(float(rows * columns * n // limits.REGISTERS))
    x, y = m.leaves(a), m.leaves(b)
    flat = tuple(
        ar.add_all(m, [m.op("mul", x[r * n + k], y[k * columns + c]) for k in range(n)])
        for r in range(rows)
        for c in range(columns)
    )
    shape = (*a.shape[:-1], *b.shape[1:])
    return m.array(shape, flat) if shape else flat[0]


def dot(m: Machine, left: Value, right: Value) -> Value:
    """`np.dot`: a product of numbers, else `@`."""
    a, b = as_array(m, left), as_array(m, right)
    if isinstance(a, Array) and isinstance(b, Array):
        return matmul(m, a, b)
    return elementwise(m, primitive("mul"), a, b)


def norm(
    m: Machine,
    x: Value,
    ord: Value = None,  # noqa: A002 - numpy's name
    axis: Value = None,
    keepdims: Value = False,
) -> Value:
    """`np.linalg.norm` of order 1, 2 or infinity."""
    if ord == 1.0:
        return reduce(m, total, elementwise(m, primitive("abs"), x), axis, keepdims)
    if ord == math.inf:
        return reduce(m, largest, elementwise(m, primitive("abs"), x), axis, keepdims)
    if ord not in (None, 2.0, "fro"):
        raise Wrong("R038", f"norm() has no order {kind_of(ord)}.", "Use ord=1, 2 or np.inf.")
    if axis is None:
        squares = elementwise(m, lambda m, v: m.op("mul", v, v), x)
        return m.op("sqrt", reduce(m, total, squares))
    return reduce(m, norm_of, x, axis, keepdims)
