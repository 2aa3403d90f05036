"""Functions that turn arrays into fewer numbers, always from left to right."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from alignenv.program import limits
from alignenv.program.arithmetic import as_array, each, elementwise, in_memory, primitive
from alignenv.program.emitter import Assign, number, truth
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import Array, Memory, Scalar, Sym, Value, kind_of

Reducer = Callable[[Machine, Sequence[Scalar]], Scalar]
Step = Callable[[Machine, Scalar, Scalar], Scalar]


def total(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Sum; 0 of nothing."""
    return _chain(m, "add", values, 0.0)


def product(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Product; 1 of nothing."""
    return _chain(m, "mul", values, 1.0)


def mean(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Arithmetic mean."""
    return m.op("div", total(m, values), float(len(values)))


def variance(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Mean squared deviation from the mean."""
    middle = mean(m, values)
    deviations = [m.op("sub", value, middle) for value in values]
    return mean(m, [m.op("mul", d, d) for d in deviations])


def deviation(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Standard deviation."""
    return m.op("sqrt", variance(m, values))


def smallest(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Minimum."""
    return _chain(m, "minimum", values, None)


def largest(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Maximum."""
    return _chain(m, "maximum", values, None)


def any_of(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Whether one is true."""
    return _chain(m, "or", [m.truth(value) for value in values], False)


def all_of(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Whether all are true."""
    return _chain(m, "and", [m.truth(value) for value in values], True)


def count(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """How many are true."""
    return total(m, [m.truth(value) for value in values])


def norm_of(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Euclidean length."""
    return m.op("sqrt", total(m, [m.op("mul", value, value) for value in values]))


def first_smallest(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Place of the first minimum."""
    return _place(m, values, "lt")


def first_largest(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Place of the first maximum."""
    return _place(m, values, "gt")


def middle(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Median."""
    ordered = sort_values(m, values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return m.op("div", m.op("add", ordered[half - 1], ordered[half]), 2.0)


def sort_values(m: Machine, values: Sequence[Scalar]) -> list[Scalar]:
    """Ascending order."""
    if not any(isinstance(value, Sym) for value in values):
        return sorted((m.op("num", value) for value in values), key=float)  # type: ignore[arg-type]
    if len(values) > limits.REGISTERS:
        m.lose("a long list is sorted")
    ordered: list[Scalar] = []
    for value in values:
        rising: Scalar = value
        for i, held in enumerate(ordered):
            swap = m.op("lt", rising, held)
            ordered[i], rising = m.select(swap, rising, held), m.select(swap, held, rising)
        ordered.append(rising)
    return ordered


def _chain(m: Machine, name: str, values: Sequence[Scalar], empty: Scalar | None) -> Scalar:
    if not values:
        return m.fault("E011", "no elements to reduce") if empty is None else empty
    result = values[0]
    for value in values[1:]:
        result = m.op(name, result, value)
    return m.op("num", result) if name in ("add", "mul") and is_truth(result) else result


def is_truth(value: Scalar) -> bool:
    """Whether a scalar is a truth value."""
    return value.is_bool if isinstance(value, Sym) else isinstance(value, bool)


def _place(m: Machine, values: Sequence[Scalar], better: str) -> Scalar:
    if not values:
        return m.fault("E011", "no elements to search")
    best, place = values[0], 0.0
    found: Scalar = place
    for i, value in enumerate(values[1:], 1):
        wins = m.op(better, value, best)
        best, found = m.select(wins, value, best), m.select(wins, float(i), found)
    return found


_IN_MEMORY: dict[Reducer, tuple[Step, bool | None]] = {
    total: (lambda m, a, x: m.op("add", a, x), None),
    product: (lambda m, a, x: m.op("mul", a, x), None),
    smallest: (lambda m, a, x: m.op("minimum", a, x), None),
    largest: (lambda m, a, x: m.op("maximum", a, x), None),
    any_of: (lambda m, a, x: m.op("or", a, m.truth(x)), False),
    all_of: (lambda m, a, x: m.op("and", a, m.truth(x)), True),
}


def reduce(
    m: Machine, reducer: Reducer, value: Value, axis: Value = None, keepdims: Value = False
) -> Value:
    """Apply a reducer to all elements, or along one axis."""
    array = as_array(m, value)
    if not isinstance(array, Array):
        return reducer(m, [array])
    if array.size > limits.REGISTERS:
        m.charge(float(array.size // limits.REGISTERS))
    if axis is None or len(array.shape) == 1:
        if axis is not None and axis not in (0.0, -1.0):
            raise Wrong("R037", "The array has one axis only.")
        result: Value = _reduce_all(m, reducer, array)
        return m.array((1,) * len(array.shape), (result,)) if keepdims else result  # type: ignore[arg-type]
    return _reduce_axis(m, reducer, array, axis, keepdims=bool(keepdims))


def _reduce_all(m: Machine, reducer: Reducer, array: Array) -> Scalar:
    if not isinstance(m.content(array), Memory):
        return reducer(m, m.leaves(array))
    if reducer is mean:
        return m.op("div", _reduce_all(m, total, array), float(array.size))
    if reducer is count:
        flags = elementwise(m, lambda m, x: m.truth(x), array)
        return _reduce_all(m, total, flags)  # type: ignore[arg-type]
    if reducer in _IN_MEMORY:
        return _accumulate(m, reducer, array)
    if array.size > 4 * limits.REGISTERS:
        m.lose("a large array is reduced")
    return reducer(m, m.leaves(array))


def _accumulate(m: Machine, reducer: Reducer, array: Array) -> Scalar:
    """Reduce a large array by a loop of the generated code."""
    assert m.code is not None
    step, start = _IN_MEMORY[reducer]
    memory = in_memory(m, array)
    first = m.code.load(memory) if start is None else m.truth(m.code.load(memory))
    name, is_bool = m.code.fresh("m"), start is not None
    spell = truth if is_bool else number
    m.code.add(Assign(name, spell(first)))
    index, leave = each(m, array.size - 1)
    after = Memory(memory.buffer, memory.offset + 1, memory.moving, memory.is_bool)
    result = step(m, Sym(name, is_bool), m.code.load(after, moving=index))
    m.code.add(Assign(name, spell(result)))
    leave()
    return Sym(name, is_bool)


def _reduce_axis(
    m: Machine, reducer: Reducer, array: Array, axis: Value, *, keepdims: bool
) -> Value:
    if not isinstance(axis, float) or not -len(array.shape) <= axis < len(array.shape):
        raise Wrong("R037", "`axis` must be a whole number below the array's dimensions.")
    place = int(axis) % len(array.shape)
    if array.size > 4 * limits.REGISTERS and isinstance(array.state, Memory):
        m.lose("a large array is reduced along an axis")
    leaves = m.leaves(array)
    outer, n = math.prod(array.shape[:place]), array.shape[place]
    inner = math.prod(array.shape[place + 1 :])
    results = tuple(
        reducer(m, [leaves[(o * n + k) * inner + i] for k in range(n)])
        for o in range(outer)
        for i in range(inner)
    )
    kept = (1,) if keepdims else ()
    return m.array((*array.shape[:place], *kept, *array.shape[place + 1 :]), results)


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
        total(m, [m.op("mul", x[r * n + k], y[k * columns + c]) for k in range(n)])
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
