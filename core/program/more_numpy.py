"""numpy's functions that pick, place and describe, beside those that compute."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from alignenv.program import arithmetic as ar
from alignenv.program import limits
from alignenv.program.array_functions import array, at_least_1d, shape_from
from alignenv.program.iterating import items_of
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import Array, Items, Record, Scalar, Sym, Value


def select(m: Machine, condlist: Value, choicelist: Value, default: Value = 0.0) -> Value:
    """`np.select(tests, values, default)`: the value of the first test that holds."""
    tests, values = ar.sequence(m, condlist), ar.sequence(m, choicelist)
    if len(tests) != len(values):
        raise Wrong("R037", "np.select() needs as many values as tests.")
    result = default
    for test, value in reversed(list(zip(tests, values, strict=True))):
        result = ar.elementwise(m, _pick, test, value, result)
    return result


def _pick(m: Machine, test: Scalar, yes: Scalar, no: Scalar) -> Scalar:
    return m.select(m.truth(test), yes, no)


def trace(m: Machine, a: Value) -> Value:
    """Sum of the diagonal of a matrix."""
    made = at_least_1d(m, a)
    if len(made.shape) != 2:
        raise Wrong("R037", "np.trace() needs a matrix.")
    leaves, width = m.leaves(made), made.shape[1]
    return ar.add_all(m, [leaves[i * (width + 1)] for i in range(min(made.shape))])


def logaddexp(m: Machine, x1: Value, x2: Value) -> Value:
    """`log(exp(x) + exp(y))` without overflow."""

    def one(m: Machine, x: Scalar, y: Scalar) -> Scalar:
        gap = m.op("neg", m.op("abs", m.op("sub", x, y)))
        return m.op("add", m.op("maximum", x, y), m.op("log1p", m.op("exp", gap)))

    return ar.elementwise(m, one, x1, x2)


def argsort(m: Machine, a: Value) -> Value:
    """Places of the elements in ascending order."""
    ordered: list[tuple[Scalar, Scalar]] = []
    leaves = m.leaves(at_least_1d(m, a))
    if len(leaves) > limits.REGISTERS and any(isinstance(leaf, Sym) for leaf in leaves):
        m.lose("a long array is sorted")
    for i, leaf in enumerate(leaves):
        value, place, swap = leaf, float(i), False  # type: tuple[Scalar, Scalar, Scalar]
        for k, (held, at) in enumerate(ordered):
            swap = m.op("or", swap, m.op("lt", value, held))
            ordered[k] = (m.select(swap, value, held), m.select(swap, place, at))
            value, place = m.select(swap, held, value), m.select(swap, at, place)
        ordered.append((value, place))
    return m.array((len(ordered),), tuple(place for _, place in ordered))


def _counted(better: str) -> Callable[..., Value]:
    def run(m: Machine, x: Value, bins: Value) -> Value:
        edges = m.leaves(at_least_1d(m, bins))

        def one(m: Machine, v: Scalar) -> Scalar:
            return ar.add_all(m, [0.0, *(m.op(better, edge, v) for edge in edges)])

        return ar.elementwise(m, one, x)

    return run


def searchsorted(m: Machine, a: Value, v: Value, side: Value = "left") -> Value:
    """How many elements of a rising array come before each value."""
    return _counted("le" if side == "right" else "lt")(m, v, a)


def ndindex(m: Machine, *shape: Value) -> Value:
    """Every index of a grid."""
    sizes = shape_from(m, shape[0] if len(shape) == 1 else shape)
    places: list[Value] = [()]
    for size in sizes:
        places = [(*place, float(i)) for place in places for i in range(size)]  # type: ignore[misc]
    return m.list(places)


def ndenumerate(m: Machine, arr: Value) -> Value:
    """Every index of an array with its element."""
    made = at_least_1d(m, arr)
    width = made.shape[-1]
    if len(made.shape) > 2:
        raise Wrong("R037", "np.ndenumerate() needs a vector or a grid.")
    flat = items_of(m, m.array((made.size,), m.content(made)))

    def place(k: Scalar) -> Value:
        if len(made.shape) == 1:
            return (k,)
        row = ar.floordiv(m, k, float(width))
        return (row, m.op("sub", k, m.op("mul", row, float(width))))

    def at(k: Sym) -> Value:
        assert flat.at is not None
        return (place(k), flat.at(k))

    return Items(made.size, lambda i: (place(float(i)), flat.get(i)), at)


def finfo(_m: Machine, dtype: Value = None) -> Value:
    """`np.finfo(float).eps` and the like, of float64."""
    del dtype
    info = sys.float_info
    found = {"eps": info.epsilon, "max": info.max, "min": -info.max, "tiny": info.min}
    return Record("", found.get, tuple(found))


def expand_dims(m: Machine, a: Value, axis: Value) -> Value:
    """One more axis of length 1, first or last."""
    made = at_least_1d(m, a)
    if axis not in (0.0, -1.0, float(len(made.shape))):
        raise Wrong("R037", "np.expand_dims() adds the first or the last axis.")
    shape = (1, *made.shape) if axis == 0.0 else (*made.shape, 1)
    return m.array(shape, m.content(made))


def tile(m: Machine, a: Value, reps: Value) -> Value:
    """A vector several times, one after the other."""
    (n,) = shape_from(m, reps)
    leaves = m.leaves(at_least_1d(m, a))
    m.check_length(n * len(leaves))
    return m.array((n * len(leaves),), leaves * n)


def repeat(m: Machine, a: Value, repeats: Value) -> Value:
    """Each element several times."""
    (n,) = shape_from(m, repeats)
    leaves = m.leaves(at_least_1d(m, a))
    m.check_length(n * len(leaves))
    return m.array((n * len(leaves),), tuple(leaf for leaf in leaves for _ in range(n)))


def fromiter(m: Machine, iter_: Value, dtype: Value = None) -> Value:
    """`np.fromiter(xs, float)`: an array of the elements."""
    items = items_of(m, iter_)
    if isinstance(items.n, Sym) or items.present is not None:
        m.lose("an array is made of a length known at run time only")
    return array(m, m.list([items.get(i) for i in range(items.n)]), dtype)


def mesh(m: Machine, bounds: Sequence[tuple[int, int]]) -> Value:
    """`np.mgrid[a:b, c:d]`: the coordinates of every point of a grid."""
    axes = [[float(i) for i in range(low, high)] for low, high in bounds]
    rows, columns = axes if len(axes) == 2 else (axes[0], [0.0])
    m.check_length(len(rows) * len(columns))
    if len(axes) == 1:
        return m.array((len(rows),), tuple(rows))
    shape = (len(rows), len(columns))
    down = m.array(shape, tuple(r for r in rows for _ in columns))
    return (down, m.array(shape, tuple(c for _ in rows for c in columns)))


def _described(part: Callable[[Array], Value], of_number: Value) -> Callable[..., Value]:
    def run(m: Machine, a: Value) -> Value:
        made = ar.as_array(m, a)
        return part(made) if isinstance(made, Array) else of_number

    return run


MORE_NUMPY: dict[str, Callable[..., Value]] = {
    "select": select,
    "trace": trace,
    "logaddexp": logaddexp,
    "argsort": argsort,
    "digitize": _counted("le"),
    "searchsorted": searchsorted,
    "ndindex": ndindex,
    "ndenumerate": ndenumerate,
    "finfo": finfo,
    "expand_dims": expand_dims,
    "tile": tile,
    "repeat": repeat,
    "fromiter": fromiter,
    "size": _described(lambda a: float(a.size), 1.0),
    "ndim": _described(lambda a: float(len(a.shape)), 0.0),
    "shape": _described(lambda a: tuple(float(n) for n in a.shape), ()),
}
"""Functions by name below `numpy`."""
