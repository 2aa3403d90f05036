"""numpy's functions that compute on whole arrays."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate, pairwise

from alignenv.program import arithmetic as ar
from alignenv.program import linear
from alignenv.program import reductions as red
from alignenv.program.array_functions import (
    ARRAY_FUNCTIONS,
    at_least_1d,
    ravel,
    shape_from,
)
from alignenv.program.equality import array_equal
from alignenv.program.machine import Machine
from alignenv.program.more_numpy import MORE_NUMPY
from alignenv.program.rules import Wrong
from alignenv.program.values import Array, Picked, Scalar, Sym, Value


def where(m: Machine, condition: Value, x: Value = None, y: Value = None) -> Value:
    """`np.where(test, x, y)`; both are computed. With one argument: places of the true ones."""
    if x is None and y is None:
        return nonzero(m, condition)
    return ar.elementwise(m, lambda m, c, a, b: m.select(m.truth(c), a, b), condition, x, y)


def clip(
    m: Machine,
    a: Value,
    a_min: Value = None,
    a_max: Value = None,
    *,
    min: Value = None,  # noqa: A002 - numpy's name
    max: Value = None,  # noqa: A002 - numpy's name
) -> Value:
    """`np.clip(x, low, high)`; either bound may be None."""
    a_min, a_max = a_min if min is None else min, a_max if max is None else max
    if a_min is not None:
        a = ar.elementwise(m, ar.primitive("maximum"), a, a_min)
    if a_max is not None:
        a = ar.elementwise(m, ar.primitive("minimum"), a, a_max)
    return a


def round_(m: Machine, a: Value, decimals: Value = 0.0) -> Value:
    """`np.round(x, digits)`."""
    if not isinstance(decimals, float):
        raise Wrong("R037", "np.round() needs a known number of digits.")
    return ar.elementwise(m, lambda m, x: ar.rounded(m, x, decimals), a)


def isclose(m: Machine, a: Value, b: Value, rtol: Value = 1e-5, atol: Value = 1e-8) -> Value:
    """`np.isclose(a, b)`."""

    def one(m: Machine, x: Scalar, y: Scalar, relative: Scalar, absolute: Scalar) -> Scalar:
        room = m.op("add", absolute, m.op("mul", relative, m.op("abs", y)))
        near = m.op("le", m.op("abs", m.op("sub", x, y)), room)
        return m.op("or", near, m.op("eq", x, y))

    return ar.elementwise(m, one, a, b, rtol, atol)


def allclose(m: Machine, a: Value, b: Value, rtol: Value = 1e-5, atol: Value = 1e-8) -> Value:
    """`np.allclose(a, b)`."""
    return red.reduce(m, red.all_of, isclose(m, a, b, rtol, atol))


def nan_to_num(m: Machine, x: Value, nan: Value = 0.0) -> Value:
    """`np.nan_to_num(x)`: only finite numbers remain."""

    def one(m: Machine, v: Scalar, instead: Scalar) -> Scalar:
        big = m.select(m.op("gt", v, 0.0), 1.7976931348623157e308, -1.7976931348623157e308)
        finite = m.select(m.op("isfinite", v), v, big)
        return m.select(m.op("isnan", v), instead, finite)

    return ar.elementwise(m, one, x, nan)


def cumsum(m: Machine, a: Value) -> Value:
    """Running sums."""
    made = at_least_1d(m, a)
    sums = tuple(accumulate(m.leaves(made), lambda x, y: m.op("add", x, y)))
    return m.array((made.size,), sums)


def diff(m: Machine, a: Value) -> Value:
    """Differences of neighbours."""
    steps = tuple(m.op("sub", y, x) for x, y in pairwise(m.leaves(at_least_1d(m, a))))
    return m.array((len(steps),), steps)


def cross(m: Machine, a: Value, b: Value) -> Value:
    """Cross product of two vectors of length 2 or 3."""
    x, y = m.leaves(at_least_1d(m, a)), m.leaves(at_least_1d(m, b))
    if len(x) != len(y) or len(x) not in (2, 3):
        raise Wrong("R037", "np.cross() needs two vectors of length 3.")

    def minor(i: int, j: int) -> Scalar:
        return m.op("sub", m.op("mul", x[i], y[j]), m.op("mul", x[j], y[i]))

    if len(x) == 2:
        return minor(0, 1)
    return m.array((3,), (minor(1, 2), minor(2, 0), minor(0, 1)))


def outer(m: Machine, a: Value, b: Value) -> Value:
    """Products of all pairs."""
    x, y = m.leaves(at_least_1d(m, a)), m.leaves(at_least_1d(m, b))
    m.check_length(len(x) * len(y))
    return m.array((len(x), len(y)), tuple(m.op("mul", v, w) for v in x for w in y))


def sort(m: Machine, a: Value) -> Value:
    """Elements in ascending order."""
    made = at_least_1d(m, a)
    return m.array((made.size,), tuple(red.sort_values(m, m.leaves(made))))


def interp(m: Machine, x: Value, xp: Value, fp: Value) -> Value:
    """Piecewise linear interpolation; `xp` must rise."""
    xs, ys = m.leaves(at_least_1d(m, xp)), m.leaves(at_least_1d(m, fp))
    if len(xs) != len(ys) or not xs:
        raise Wrong("R037", "np.interp() needs as many places as values.")

    def one(m: Machine, v: Scalar) -> Scalar:
        result = ys[0]
        for (x0, x1), (y0, y1) in zip(pairwise(xs), pairwise(ys), strict=True):
            slope = m.op("div", m.op("sub", y1, y0), m.op("sub", x1, x0))
            on_line = m.op("add", y0, m.op("mul", slope, m.op("sub", v, x0)))
            result = m.select(m.op("ge", v, x0), on_line, result)
        return m.select(m.op("ge", v, xs[-1]), ys[-1], result)

    return ar.elementwise(m, one, x)


def average(m: Machine, a: Value, weights: Value = None) -> Value:
    """Mean, or weighted mean."""
    if weights is None:
        return red.reduce(m, red.mean, a)
    weighted = ar.elementwise(m, ar.primitive("mul"), a, weights)
    return m.op("div", *(red.reduce(m, red.total, part) for part in (weighted, weights)))


def ptp(m: Machine, a: Value) -> Value:
    """Largest minus smallest."""
    return m.op("sub", red.reduce(m, red.largest, a), red.reduce(m, red.smallest, a))


def _places(m: Machine, a: Value) -> tuple[Array, Array | None]:
    """Index of every element that may be true, one row each, and whether it is."""
    made = at_least_1d(m, a)
    flags = ar.elementwise(m, lambda m, x: m.truth(x), made)
    assert isinstance(flags, Array)
    uncertain = ar.has_symbols(flags)
    true = range(made.size) if uncertain else [i for i, x in enumerate(m.leaves(flags)) if x]
    rows = tuple(part for i in true for part in _unravel(i, made.shape))
    places = m.array((len(true), len(made.shape)), rows)
    return places, red.flat(m, flags) if uncertain else None


def _unravel(place: int, shape: tuple[int, ...]) -> list[float]:
    parts: list[float] = []
    for size in reversed(shape):
        parts.insert(0, float(place % size))
        place //= size
    return parts


def argwhere(m: Machine, a: Value) -> Value:
    """Indices of the true elements, one row each."""
    places, present = _places(m, a)
    return Picked(places, present) if present else places


def nonzero(m: Machine, a: Value) -> Value:
    """Indices of the true elements, one array per axis."""
    places, present = _places(m, a)
    (n, rank), leaves = places.shape, m.leaves(places)
    columns = [m.array((n,), leaves[axis::rank]) for axis in range(rank)]
    return tuple(Picked(column, present) if present else column for column in columns)


def flatnonzero(m: Machine, a: Value) -> Value:
    """Flat indices of the true elements."""
    places = nonzero(m, ravel(m, a))
    assert isinstance(places, tuple)
    return places[0]  # type: ignore[no-any-return]


def unravel_index(m: Machine, indices: Value, shape: Value) -> Value:
    """Row and column of a flat index."""
    place = m.op("num", indices)
    parts: list[Scalar] = []
    for size in reversed(shape_from(m, shape)):
        parts.insert(0, ar.mod(m, place, float(size)))
        place = ar.floordiv(m, place, float(size))
    return tuple(parts)


def unique(m: Machine, ar_: Value) -> Value:
    """Distinct elements in ascending order."""
    leaves = m.leaves(at_least_1d(m, ar_))
    if any(isinstance(leaf, Sym) for leaf in leaves):
        m.lose("distinct elements are only known at run time")
    found = tuple(sorted({float(leaf) for leaf in leaves if not isinstance(leaf, Sym)}))
    return m.array((len(found),), found)


def isin(m: Machine, element: Value, test_elements: Value) -> Value:
    """Which elements are among the others."""
    others = m.leaves(at_least_1d(m, test_elements))

    def one(m: Machine, x: Scalar) -> Scalar:
        found: Scalar = False
        for other in others:
            found = m.op("or", found, m.op("eq", x, other))
        return found

    return ar.elementwise(m, one, element)


def _reducer(reducer: red.Reducer) -> Callable[..., Value]:
    def run(m: Machine, a: Value, axis: Value = None, keepdims: Value = False) -> Value:
        return red.reduce(m, reducer, a, axis, keepdims)

    return run


NUMPY: dict[str, Callable[..., Value]] = {
    **ARRAY_FUNCTIONS,
    **MORE_NUMPY,
    "where": where,
    "clip": clip,
    "round": round_,
    "around": round_,
    "isclose": isclose,
    "allclose": allclose,
    "array_equal": array_equal,
    "nan_to_num": nan_to_num,
    "cumsum": cumsum,
    "diff": diff,
    "cross": cross,
    "outer": outer,
    "sort": sort,
    "interp": interp,
    "average": average,
    "ptp": ptp,
    "argwhere": argwhere,
    "nonzero": nonzero,
    "flatnonzero": flatnonzero,
    "isin": isin,
    "in1d": isin,
    "unravel_index": unravel_index,
    "unique": unique,
    "dot": linear.dot,
    "inner": linear.dot,
    "vdot": linear.dot,
    "matmul": linear.matmul,
    "linalg.norm": linear.norm,
    "sum": _reducer(red.total),
    "prod": _reducer(red.product),
    "mean": _reducer(red.mean),
    "std": _reducer(red.deviation),
    "var": _reducer(red.variance),
    "min": _reducer(red.smallest),
    "max": _reducer(red.largest),
    "amin": _reducer(red.smallest),
    "amax": _reducer(red.largest),
    "any": _reducer(red.any_of),
    "all": _reducer(red.all_of),
    "count_nonzero": _reducer(red.count),
    "median": _reducer(red.median),
    "argmin": _reducer(red.first_smallest),
    "argmax": _reducer(red.first_largest),
}
"""Functions by name below `numpy`."""
