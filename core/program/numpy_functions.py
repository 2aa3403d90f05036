"""numpy's functions on whole arrays, as far as the language has them."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import accumulate, pairwise

from alignenv.program import arithmetic as ar
from alignenv.program import limits
from alignenv.program import reductions as red
from alignenv.program.equality import array_equal
from alignenv.program.indexing import get_item
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import Array, Builtin, Memory, Scalar, Sym, Value, is_scalar, kind_of


def array(m: Machine, object: Value, dtype: Value = None) -> Value:
    """`np.array(x)`: a copy."""
    made = ar.as_array(m, object)
    if isinstance(made, Array):
        made = m.array(made.shape, m.content(made))
    return typed(m, made, dtype)


def asarray(m: Machine, a: Value, dtype: Value = None) -> Value:
    """`np.asarray(x)`: the array itself where it is one."""
    return typed(m, ar.as_array(m, a), dtype)


def typed(m: Machine, value: Value, dtype: Value) -> Value:
    """Convert to a dtype: every float type is float64, every integer type truncates."""
    if dtype is None:
        return value
    name = dtype.name if isinstance(dtype, Builtin) else str(dtype)
    kind = name.rpartition(".")[2].rstrip("_0123456789")
    if kind == "float":
        return ar.elementwise(m, ar.primitive("num"), value) if not _is_float(value) else value
    if kind in ("int", "uint", "integer"):
        return ar.elementwise(m, ar.primitive("trunc"), value)
    if kind == "bool":
        return ar.elementwise(m, lambda m, x: m.truth(x), value)
    raise Wrong("R037", f"The dtype {kind_of(dtype)} is not in the language.", "Use float.")


def _is_float(value: Value) -> bool:
    if isinstance(value, Array | float | bool | Sym):
        return not ar.is_bool(value)
    return False


def _shape(m: Machine, shape: Value) -> tuple[int, ...]:
    parts = (shape,) if is_scalar(shape) else tuple(ar.sequence(m, shape))
    sizes = []
    for part in parts:
        if isinstance(part, Sym):
            m.lose("an array has a shape known at run time only")
        if not isinstance(part, float) or not part.is_integer() or part < 0:
            raise Wrong("R037", "A shape needs whole numbers.")
        sizes.append(int(part))
    if math.prod(sizes) > limits.MAX_ITEMS:
        raise Wrong("R004", f"An array of shape {tuple(sizes)} is too large.")
    return tuple(sizes)


def _filled(value: float) -> Callable[..., Value]:
    def run(m: Machine, shape: Value, dtype: Value = None) -> Value:
        return typed(m, full(m, shape, value), dtype)

    return run


def full(m: Machine, shape: Value, fill_value: Value, dtype: Value = None) -> Value:
    """`np.full(shape, value)`."""
    sizes = _shape(m, shape)
    if not is_scalar(fill_value):
        m.not_a_number(fill_value)
    return m.array(sizes, (fill_value,) * math.prod(sizes))  # type: ignore[arg-type]


def _like(value: float) -> Callable[..., Value]:
    def run(m: Machine, a: Value, dtype: Value = None) -> Value:
        return full_like(m, a, value)

    return run


def full_like(m: Machine, a: Value, fill_value: Value) -> Value:
    """`np.full_like(x, value)`."""
    made = ar.as_array(m, a)
    if not isinstance(made, Array):
        return fill_value
    return m.array(made.shape, (fill_value,) * made.size)  # type: ignore[arg-type]


def arange(
    m: Machine, start: Value, stop: Value = None, step: Value = 1.0, dtype: Value = None
) -> Value:
    """`np.arange(start, stop, step)` of known numbers."""
    if stop is None:
        start, stop = 0.0, start
    if not all(isinstance(part, float) for part in (start, stop, step)) or not step:
        if any(isinstance(part, Sym) for part in (start, stop, step)):
            m.lose("np.arange() of a number known at run time only")
        raise Wrong("R037", "np.arange() needs numbers and a step.")
    n = max(0, math.ceil((stop - start) / step))  # type: ignore[operator]
    if n > limits.MAX_ITEMS:
        raise Wrong("R004", f"An array of {n} elements is too large.")
    return m.array((n,), tuple(start + i * step for i in range(n)))  # type: ignore[operator]


def linspace(m: Machine, start: Value, stop: Value, num: Value = 50.0) -> Value:
    """`np.linspace(start, stop, n)`."""
    (n,) = _shape(m, num)
    if n < 2:
        return m.array((n,), (start,) * n)  # type: ignore[arg-type]
    step = m.op("div", m.op("sub", stop, start), float(n - 1))
    inner = [m.op("add", start, m.op("mul", step, float(i))) for i in range(n - 1)]
    return m.array((n,), (*inner, stop))  # type: ignore[arg-type]


def eye(m: Machine, n: Value) -> Value:
    """`np.eye(n)`."""
    (size,) = _shape(m, n)
    return m.array((size, size), tuple(float(i % (size + 1) == 0) for i in range(size * size)))


def diag(m: Machine, v: Value) -> Value:
    """Diagonal of a matrix, or a matrix with this diagonal."""
    made = _array(m, v)
    leaves, n = m.leaves(made), made.shape[0]
    if len(made.shape) == 2:
        return m.array(
            (min(made.shape),),
            tuple(leaves[i * (made.shape[1] + 1)] for i in range(min(made.shape))),
        )
    return m.array((n, n), tuple(leaves[i] if i == j else 0.0 for i in range(n) for j in range(n)))


def _array(m: Machine, value: Value) -> Array:
    made = ar.as_array(m, value)
    return made if isinstance(made, Array) else m.array((1,), (made,))


def where(m: Machine, condition: Value, x: Value = None, y: Value = None) -> Value:
    """`np.where(test, x, y)`; both are computed. With one argument: places of the true ones."""
    if x is None and y is None:
        return nonzero(m, condition)
    return ar.elementwise(m, lambda m, c, a, b: m.select(m.truth(c), a, b), condition, x, y)


def clip(m: Machine, a: Value, a_min: Value = None, a_max: Value = None) -> Value:
    """`np.clip(x, low, high)`."""
    low = () if a_min is None else (a_min,)
    high = () if a_max is None else (a_max,)

    def one(m: Machine, x: Scalar, *bounds: Scalar) -> Scalar:
        return ar.clip(m, x, bounds[0] if low else None, bounds[-1] if high else None)

    return ar.elementwise(m, one, a, *low, *high)


def round_(m: Machine, a: Value, decimals: Value = 0.0) -> Value:
    """`np.round(x, digits)`."""
    if not isinstance(decimals, float):
        raise Wrong("R037", "np.round() needs a known number of digits.")
    return ar.elementwise(m, lambda m, x: ar.rounded(m, x, decimals), a)


def isclose(m: Machine, a: Value, b: Value, rtol: Value = 1e-5, atol: Value = 1e-8) -> Value:
    """`np.isclose(a, b)`."""

    def one(m: Machine, x: Scalar, y: Scalar) -> Scalar:
        room = m.op("add", atol, m.op("mul", rtol, m.op("abs", y)))
        return m.op("le", m.op("abs", m.op("sub", x, y)), room)

    return ar.elementwise(m, one, a, b)


def allclose(m: Machine, a: Value, b: Value, rtol: Value = 1e-5, atol: Value = 1e-8) -> Value:
    """`np.allclose(a, b)`."""
    return red.reduce(m, red.all_of, isclose(m, a, b, rtol, atol))


def nan_to_num(m: Machine, x: Value, nan: Value = 0.0) -> Value:
    """`np.nan_to_num(x)`: only finite numbers remain."""

    def one(m: Machine, v: Scalar) -> Scalar:
        big = m.select(m.op("gt", v, 0.0), 1.7976931348623157e308, -1.7976931348623157e308)
        finite = m.select(m.op("isfinite", v), v, big)
        return m.select(m.op("isnan", v), nan, finite)  # type: ignore[arg-type]

    return ar.elementwise(m, one, x)


def cumsum(m: Machine, a: Value) -> Value:
    """Running sums."""
    made = _array(m, a)
    sums = tuple(accumulate(m.leaves(made), lambda x, y: m.op("add", x, y)))
    return m.array((made.size,), sums)


def diff(m: Machine, a: Value) -> Value:
    """Differences of neighbours."""
    steps = tuple(m.op("sub", y, x) for x, y in pairwise(m.leaves(_array(m, a))))
    return m.array((len(steps),), steps)


def cross(m: Machine, a: Value, b: Value) -> Value:
    """Cross product of two vectors of length 2 or 3."""
    x, y = m.leaves(_array(m, a)), m.leaves(_array(m, b))
    if len(x) != len(y) or len(x) not in (2, 3):
        raise Wrong("R037", "np.cross() needs two vectors of length 3.")

    def minor(i: int, j: int) -> Scalar:
        return m.op("sub", m.op("mul", x[i], y[j]), m.op("mul", x[j], y[i]))

    if len(x) == 2:
        return minor(0, 1)
    return m.array((3,), (minor(1, 2), minor(2, 0), minor(0, 1)))


def outer(m: Machine, a: Value, b: Value) -> Value:
    """Products of all pairs."""
    x, y = m.leaves(_array(m, a)), m.leaves(_array(m, b))
    return m.array((len(x), len(y)), tuple(m.op("mul", v, w) for v in x for w in y))


def concatenate(m: Machine, arrays: Value, axis: Value = 0.0) -> Value:
    """`np.concatenate([a, b])` along the first axis."""
    parts = [_array(m, part) for part in ar.sequence(m, arrays)]
    inner = {part.shape[1:] for part in parts}
    if len(inner) != 1 or axis not in (0.0, None):
        raise Wrong("R037", "Only arrays with equal rows are joined, along axis 0.")
    flat = tuple(leaf for part in parts for leaf in m.leaves(part))
    return m.array((sum(part.shape[0] for part in parts), *inner.pop()), flat)


def stack(m: Machine, arrays: Value) -> Value:
    """`np.stack([a, b])`: one row each."""
    return array(m, m.list(ar.sequence(m, arrays)))


def ravel(m: Machine, a: Value) -> Value:
    """All elements in one row."""
    made = _array(m, a)
    return _shared(m, (made.size,), m.content(made))


def reshape(m: Machine, a: Value, shape: Value) -> Value:
    """The same elements in another shape; one size may be -1."""
    made = _array(m, a)
    parts = [shape] if is_scalar(shape) else ar.sequence(m, shape)
    sizes = [int(part) for part in parts if isinstance(part, float)]
    known = math.prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and known:
        sizes[sizes.index(-1)] = made.size // known
    if math.prod(sizes) != made.size or len(sizes) != len(parts):
        raise Wrong("R037", f"{made.size} elements do not fit into that shape.")
    return _shared(m, tuple(sizes), m.content(made))


def _shared(m: Machine, shape: tuple[int, ...], state: tuple[Scalar, ...] | Memory) -> Value:
    made = m.array(shape, state)
    made.frozen = "R050"
    return made


def transpose(m: Machine, a: Value) -> Value:
    """Rows and columns swapped."""
    made = _array(m, a)
    if len(made.shape) < 2:
        return made
    rows, columns = made.shape
    leaves = m.leaves(made)
    flat = tuple(leaves[r * columns + c] for c in range(columns) for r in range(rows))
    return _shared(m, (columns, rows), flat)


def squeeze(m: Machine, a: Value) -> Value:
    """Without axes of length 1."""
    made = _array(m, a)
    shape = tuple(size for size in made.shape if size != 1)
    return _shared(m, shape, m.content(made)) if shape else get_item(m, ravel(m, made), 0.0)


def flip(m: Machine, a: Value) -> Value:
    """Elements of a vector in reverse."""
    made = _array(m, a)
    return m.array((made.size,), tuple(reversed(m.leaves(made))))


def sort(m: Machine, a: Value) -> Value:
    """Elements in ascending order."""
    made = _array(m, a)
    return m.array((made.size,), tuple(red.sort_values(m, m.leaves(made))))


def interp(m: Machine, x: Value, xp: Value, fp: Value) -> Value:
    """Piecewise linear interpolation; `xp` must rise."""
    xs, ys = m.leaves(_array(m, xp)), m.leaves(_array(m, fp))
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
    sums = [red.reduce(m, red.total, part) for part in (weighted, weights)]
    return m.op("div", *sums)


def ptp(m: Machine, a: Value) -> Value:
    """Largest minus smallest."""
    return m.op("sub", red.reduce(m, red.largest, a), red.reduce(m, red.smallest, a))


def _known(m: Machine, a: Value) -> Array:
    made = _array(m, a)
    if any(isinstance(leaf, Sym) for leaf in m.leaves(made)):
        m.lose("places in an array are only known at run time")
    return made


def argwhere(m: Machine, a: Value) -> Value:
    """Indices of the true elements, one row each."""
    made = _known(m, a)
    rows = [_unravel(i, made.shape) for i, leaf in enumerate(m.leaves(made)) if leaf]
    flat = tuple(float(place) for row in rows for place in row)
    return m.array((len(rows), len(made.shape)), flat)


def nonzero(m: Machine, a: Value) -> Value:
    """Indices of the true elements, one array per axis."""
    made = _known(m, a)
    rows = [_unravel(i, made.shape) for i, leaf in enumerate(m.leaves(made)) if leaf]
    columns = [tuple(float(row[axis]) for row in rows) for axis in range(len(made.shape))]
    return tuple(m.array((len(rows),), column) for column in columns)


def flatnonzero(m: Machine, a: Value) -> Value:
    """Flat indices of the true elements."""
    leaves = m.leaves(_known(m, a))
    places = tuple(float(i) for i, leaf in enumerate(leaves) if leaf)
    return m.array((len(places),), places)


def _unravel(place: int, shape: tuple[int, ...]) -> list[int]:
    parts: list[int] = []
    for size in reversed(shape):
        parts.insert(0, place % size)
        place //= size
    return parts


def isin(m: Machine, element: Value, test_elements: Value) -> Value:
    """Which elements are among the others."""
    others = m.leaves(_array(m, test_elements))

    def one(m: Machine, x: Scalar) -> Scalar:
        return red.any_of(m, [m.op("eq", x, other) for other in others])

    return ar.elementwise(m, one, element)


def _reducer(reducer: red.Reducer) -> Callable[..., Value]:
    def run(m: Machine, a: Value, axis: Value = None, keepdims: Value = False) -> Value:
        return red.reduce(m, reducer, a, axis, keepdims)

    return run


def _places(reducer: red.Reducer) -> Callable[..., Value]:
    def run(m: Machine, a: Value, axis: Value = None) -> Value:
        return red.reduce(m, reducer, a, axis)

    return run


def _type(name: str) -> Callable[..., Value]:
    def run(m: Machine, x: Value = 0.0) -> Value:
        return typed(m, ar.as_array(m, x), name)

    return run


NUMPY: dict[str, Callable[..., Value]] = {
    "array": array,
    "asarray": asarray,
    "atleast_1d": lambda m, a: _array(m, a),
    "copy": lambda m, a: array(m, a),
    "zeros": _filled(0.0),
    "ones": _filled(1.0),
    "full": full,
    "zeros_like": _like(0.0),
    "ones_like": _like(1.0),
    "full_like": full_like,
    "arange": arange,
    "linspace": linspace,
    "eye": eye,
    "identity": eye,
    "diag": diag,
    "where": where,
    "clip": clip,
    "round": round_,
    "around": round_,
    "isclose": isclose,
    "allclose": allclose,
    "array_equal": lambda m, a1, a2: array_equal(m, a1, a2),
    "nan_to_num": nan_to_num,
    "cumsum": cumsum,
    "diff": diff,
    "cross": cross,
    "outer": outer,
    "concatenate": concatenate,
    "hstack": lambda m, tup: concatenate(m, tup),
    "stack": stack,
    "vstack": lambda m, tup: stack(m, tup),
    "append": lambda m, arr, values: concatenate(m, (arr, values)),
    "ravel": ravel,
    "reshape": reshape,
    "transpose": transpose,
    "squeeze": squeeze,
    "flip": flip,
    "sort": sort,
    "interp": interp,
    "average": average,
    "ptp": ptp,
    "argwhere": argwhere,
    "nonzero": nonzero,
    "flatnonzero": flatnonzero,
    "isin": isin,
    "dot": red.dot,
    "inner": red.dot,
    "vdot": red.dot,
    "matmul": red.matmul,
    "linalg.norm": red.norm,
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
    "median": _reducer(red.middle),
    "argmin": _places(red.first_smallest),
    "argmax": _places(red.first_largest),
    **{n: _type(n) for n in "float64 float32 int64 int32 int8 int16 uint8 bool_".split()},
    **{n: _type(n) for n in "ndarray integer floating number".split()},
}
"""Functions by name below `numpy`."""
