"""numpy's functions that make arrays, and arrange their elements."""

from __future__ import annotations

import math
from collections.abc import Callable

from alignenv.program import arithmetic as ar
from alignenv.program import limits
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import (
    Array,
    Builtin,
    Memory,
    Picked,
    Scalar,
    Sym,
    Value,
    is_scalar,
    kind_of,
)


def array(m: Machine, a: Value, dtype: Value = None) -> Value:
    """`np.array(x)`: a copy."""
    if isinstance(a, Picked):
        return a
    made = ar.as_array(m, a)
    if isinstance(made, Array):
        made = m.array(made.shape, m.content(made))
    return typed(m, made, dtype)


def asarray(m: Machine, a: Value, dtype: Value = None) -> Value:
    """`np.asarray(x)`: the array itself where it is one."""
    if isinstance(a, Picked):
        return a
    return typed(m, ar.as_array(m, a), dtype)


def at_least_1d(m: Machine, a: Value) -> Array:
    """A number as an array of one element; an array stays."""
    made = ar.as_array(m, a)
    return made if isinstance(made, Array) else m.array((1,), (made,))


def typed(m: Machine, value: Value, dtype: Value) -> Value:
    """Convert to a dtype: every float type is float64, every integer type truncates."""
    if dtype is None:
        return value
    name = dtype.name if isinstance(dtype, Builtin) else str(dtype)
    kind = name.rpartition(".")[2].rstrip("_0123456789")
    if kind == "float":
        made = ar.as_array(m, value)
        return ar.elementwise(m, ar.primitive("num"), made) if ar.is_bool(made) else made
    if kind in ("int", "uint", "integer"):
        return ar.elementwise(m, ar.primitive("trunc"), value)
    if kind == "bool":
        return ar.elementwise(m, lambda m, x: m.truth(x), value)
    raise Wrong("R037", f"The dtype {kind_of(dtype)} is not in the language.", "Use float.")


def shape_from(m: Machine, shape: Value) -> tuple[int, ...]:
    """A shape given as a number or a tuple of numbers."""
    parts = [shape] if is_scalar(shape) else ar.sequence(m, shape)
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


def full(m: Machine, shape: Value, fill_value: Value, dtype: Value = None) -> Value:
    """`np.full(shape, value)`."""
    sizes = shape_from(m, shape)
    if not is_scalar(fill_value):
        m.not_a_number(fill_value)
    return typed(m, m.array(sizes, (fill_value,) * math.prod(sizes)), dtype)


def full_like(m: Machine, a: Value, fill_value: Value, dtype: Value = None) -> Value:
    """`np.full_like(x, value)`."""
    made = ar.as_array(m, a)
    if not is_scalar(fill_value):
        m.not_a_number(fill_value)
    if not isinstance(made, Array):
        return typed(m, fill_value, dtype)
    return typed(m, m.array(made.shape, (fill_value,) * made.size), dtype)


def filled(value: float) -> Callable[..., Value]:
    """`np.zeros(shape)` and `np.ones(shape)`."""

    def run(m: Machine, shape: Value, dtype: Value = None) -> Value:
        return full(m, shape, value, dtype)

    return run


def filled_like(value: float) -> Callable[..., Value]:
    """`np.zeros_like(x)` and `np.ones_like(x)`."""

    def run(m: Machine, a: Value, dtype: Value = None) -> Value:
        return full_like(m, a, value, dtype)

    return run


def arange(
    m: Machine, start: Value, stop: Value = None, step: Value = 1.0, dtype: Value = None
) -> Value:
    """`np.arange(start, stop, step)` of known numbers."""
    low, high = (0.0, start) if stop is None else (start, stop)
    if any(isinstance(part, Sym) for part in (low, high, step)):
        m.lose("np.arange() of a number known at run time only")
    if not isinstance(low, float) or not isinstance(high, float) or not isinstance(step, float):
        raise Wrong("R037", "np.arange() needs numbers.")
    length = (high - low) / step if step else math.inf
    if not length <= limits.MAX_ITEMS:
        raise Wrong("R004", "np.arange() needs finite numbers and makes too many elements.")
    n = max(0, math.ceil(length))
    return typed(m, m.array((n,), tuple(low + i * step for i in range(n))), dtype)


def linspace(m: Machine, start: Value, stop: Value, num: Value = 50.0) -> Value:
    """`np.linspace(start, stop, n)`."""
    (n,) = shape_from(m, num)
    first, last = m.op("num", start), m.op("num", stop)
    if n < 2:
        return m.array((n,), (first,) * n)
    step = m.op("div", m.op("sub", last, first), float(n - 1))
    inner = [m.op("add", first, m.op("mul", step, float(i))) for i in range(n - 1)]
    return m.array((n,), (*inner, last))


def eye(m: Machine, n: Value) -> Value:
    """`np.eye(n)`."""
    (size,) = shape_from(m, n)
    shape_from(m, (float(size), float(size)))
    return m.array((size, size), tuple(float(i % (size + 1) == 0) for i in range(size * size)))


def diag(m: Machine, v: Value) -> Value:
    """Diagonal of a matrix, or a matrix with this diagonal."""
    made = at_least_1d(m, v)
    leaves, n = m.leaves(made), min(made.shape)
    if len(made.shape) == 2:
        return m.array((n,), tuple(leaves[i * (made.shape[1] + 1)] for i in range(n)))
    shape_from(m, (float(n), float(n)))
    return m.array((n, n), tuple(leaves[i] if i == j else 0.0 for i in range(n) for j in range(n)))


def concatenate(m: Machine, arrays: Value, axis: Value = 0.0) -> Value:
    """`np.concatenate([a, b])` along the first axis."""
    parts = [at_least_1d(m, part) for part in ar.sequence(m, arrays)]
    inner = {part.shape[1:] for part in parts}
    if len(inner) != 1 or axis not in (0.0, None):
        raise Wrong("R037", "Only arrays with equal rows are joined, along axis 0.")
    flat = tuple(leaf for part in parts for leaf in m.leaves(part))
    return m.array((sum(part.shape[0] for part in parts), *inner.pop()), flat)


def append(m: Machine, arr: Value, values: Value) -> Value:
    """`np.append(a, b)`: both in one row."""
    return concatenate(m, (ravel(m, arr), ravel(m, values)))


def stack(m: Machine, arrays: Value) -> Value:
    """`np.stack([a, b])`: one row each."""
    return array(m, m.list(ar.sequence(m, arrays)))


def ravel(m: Machine, a: Value) -> Array:
    """All elements in one row."""
    made = at_least_1d(m, a)
    return _shared(m, (made.size,), m.content(made))


def reshape(m: Machine, a: Value, shape: Value) -> Value:
    """The same elements in another shape; one size may be -1."""
    made = at_least_1d(m, a)
    parts = [shape] if is_scalar(shape) else ar.sequence(m, shape)
    sizes = [int(part) for part in parts if isinstance(part, float) and part.is_integer()]
    known = math.prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and known:
        sizes[sizes.index(-1)] = made.size // known
    if math.prod(sizes) != made.size or len(sizes) != len(parts):
        raise Wrong("R037", f"{made.size} elements do not fit into that shape.")
    return _shared(m, tuple(sizes), m.content(made))


def _shared(m: Machine, shape: tuple[int, ...], state: tuple[Scalar, ...] | Memory) -> Array:
    """Another form of the same elements; numpy shares them, so they must not be changed."""
    made = m.array(shape, state)
    made.frozen = "R050"
    return made


def transpose(m: Machine, a: Value) -> Value:
    """Rows and columns swapped."""
    made = at_least_1d(m, a)
    if len(made.shape) < 2:
        return made
    if len(made.shape) > 2:
        raise Wrong("R037", "Only arrays of two dimensions are transposed.")
    rows, columns = made.shape
    leaves = m.leaves(made)
    flat = tuple(leaves[r * columns + c] for c in range(columns) for r in range(rows))
    return _shared(m, (columns, rows), flat)


def squeeze(m: Machine, a: Value) -> Value:
    """Without axes of length 1."""
    made = at_least_1d(m, a)
    shape = tuple(size for size in made.shape if size != 1)
    return _shared(m, shape, m.content(made)) if shape else m.leaves(made)[0]


def flip(m: Machine, a: Value) -> Value:
    """Elements of a vector in reverse."""
    made = at_least_1d(m, a)
    return m.array((made.size,), tuple(reversed(m.leaves(made))))


def indices(m: Machine, dimensions: Value) -> Value:
    """Row number and column number of every element of a grid."""
    shape = shape_from(m, dimensions)
    if len(shape) != 2:
        raise Wrong("R037", "np.indices() needs a shape of two numbers.")
    places = [(float(r), float(c)) for r in range(shape[0]) for c in range(shape[1])]
    return tuple(m.array(shape, tuple(place[axis] for place in places)) for axis in range(2))


def meshgrid(m: Machine, x: Value, y: Value) -> Value:
    """`np.meshgrid(x, y)`: both coordinates of every point."""
    a, b = (m.leaves(at_least_1d(m, value)) for value in (x, y))
    m.check_length(len(a) * len(b))
    shape = (len(b), len(a))
    across = m.array(shape, tuple(v for _ in b for v in a))
    return (across, m.array(shape, tuple(v for v in b for _ in a)))


def dtype_of(name: str) -> Callable[..., Value]:
    """`np.float64(x)` and the like."""

    def run(m: Machine, x: Value = 0.0) -> Value:
        return typed(m, ar.as_array(m, x), name)

    return run


_DTYPES = ("float64", "float32", "int64", "int32", "int16", "int8", "uint8", "bool_")
_CLASSES = ("ndarray", "integer", "floating", "number")

ARRAY_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "array": array,
    "asarray": asarray,
    "atleast_1d": at_least_1d,
    "copy": array,
    "zeros": filled(0.0),
    "ones": filled(1.0),
    "full": full,
    "zeros_like": filled_like(0.0),
    "ones_like": filled_like(1.0),
    "full_like": full_like,
    "arange": arange,
    "linspace": linspace,
    "eye": eye,
    "identity": eye,
    "diag": diag,
    "concatenate": concatenate,
    "hstack": concatenate,
    "append": append,
    "stack": stack,
    "vstack": stack,
    "ravel": ravel,
    "reshape": reshape,
    "transpose": transpose,
    "squeeze": squeeze,
    "flip": flip,
    "indices": indices,
    "meshgrid": meshgrid,
    **{name: dtype_of(name) for name in (*_DTYPES, *_CLASSES)},
}
"""Functions by name below `numpy`."""
