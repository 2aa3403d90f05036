"""Parts of arrays between bounds known at run time only, such as `view[r - 1 : r + 2, :]`."""

from __future__ import annotations

import math
from collections.abc import Callable

from alignenv.program import limits
from alignenv.program.arithmetic import each
from alignenv.program.emitter import number
from alignenv.program.keys import Index, Slice, Span
from alignenv.program.machine import Machine
from alignenv.program.values import Array, Memory, Picked, Scalar, Sym, Value


def window(
    m: Machine, base: Array, axes: list[Index], get: Callable[[list[Index]], Value]
) -> Value:
    """The elements between the bounds: all are taken, with a mark of which are there.

    Args:
        m: The machine.
        base: The array.
        axes: One index for each axis; at least one is a `Span`.
        get: Reads the array by an index without spans.
    """
    if any(part is None for part in axes):
        m.lose("a slice has bounds known at run time only")
    whole = get([Slice() if isinstance(part, Span) else part for part in axes])
    assert isinstance(whole, Array)
    bounds = [
        _bounds(m, part, size) if isinstance(part, Span) else None
        for part, size in zip(axes, base.shape, strict=True)
        if isinstance(part, Slice | Span)
    ]
    if all(bound is None for bound in bounds[1:]):
        return Picked(whole, _marks(m, bounds[:1], whole.shape[:1]))
    row = m.array((whole.size,), m.content(whole))
    return Picked(row, _marks(m, bounds, whole.shape), is_grid=True)


Bounds = tuple[Scalar, Scalar] | None


def _marks(m: Machine, bounds: list[Bounds], shape: tuple[int, ...]) -> Array:
    """Whether each element of a shape lies between the bounds of its axes, in one row."""
    size = math.prod(shape)
    if size > limits.REGISTERS:
        return m.array((size,), _marks_in_memory(m, bounds, shape))
    present: list[Scalar] = [True]
    for bound, n in zip(bounds, shape, strict=True):
        column = [_inside(m, float(i), bound) for i in range(n)]
        present = [m.op("and", outer, inner) for outer in present for inner in column]
    return m.array((size,), tuple(present))


def _marks_in_memory(m: Machine, bounds: list[Bounds], shape: tuple[int, ...]) -> Memory:
    assert m.code is not None
    indices, leave = each(m, shape)
    mark: Scalar = True
    for bound, index in zip(bounds, indices, strict=True):
        mark = m.op("and", mark, _inside(m, m.code.let(f"float({index})"), bound))
    made = m.code.allocate(math.prod(shape), is_bool=True)
    m.code.store(made, _flat(shape, indices), mark)
    leave()
    return made


def _flat(shape: tuple[int, ...], indices: list[str]) -> str:
    place = indices[0]
    for n, index in zip(shape[1:], indices[1:], strict=True):
        place = f"({place}) * {n} + {index}"
    return place


def _inside(m: Machine, place: Scalar, bound: Bounds) -> Scalar:
    if bound is None:
        return True
    return m.op("and", m.op("ge", place, bound[0]), m.op("lt", place, bound[1]))


def _bounds(m: Machine, span: Span, n: int) -> Bounds:
    low = _bound(m, 0 if span.start is None else span.start, n)
    return low, _bound(m, n if span.stop is None else span.stop, n)


def _bound(m: Machine, value: Sym | int, n: int) -> Scalar:
    """A bound, counted from the end where it is negative."""
    if isinstance(value, int):
        return float(value if value >= 0 else max(0, value + n))
    assert m.code is not None
    m.code.suspect(f"np.floor({number(value)}) != {number(value)}")
    from_end = m.op("maximum", m.op("add", value, float(n)), 0.0)
    return m.select(m.op("lt", value, 0.0), from_end, value)
