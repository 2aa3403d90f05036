"""Operations on scalars and arrays that are made of primitives, elementwise with broadcasting."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeAlias

from alignenv.program import limits
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.scalars import N_PRODUCTS
from alignenv.program.values import (
    Array,
    Entry,
    List,
    Memory,
    Picked,
    Scalar,
    Sym,
    Unknown,
    Value,
    is_scalar,
    kind_of,
)

ScalarFunction: TypeAlias = Callable[..., Scalar]
"""Takes the machine, then scalars."""

_INLINE_PRODUCTS = 8


def primitive(name: str) -> ScalarFunction:
    """The scalar function that applies one primitive."""
    return lambda m, *args: m.op(name, *args)


def mod(m: Machine, x: Scalar, y: Scalar) -> Scalar:
    """`x % y` with the sign of `y`."""
    rest = m.op("fmod", x, y)
    signs = m.op("xor", m.op("lt", rest, 0.0), m.op("lt", y, 0.0))
    wrap = m.op("and", m.op("ne", rest, 0.0), signs)
    return m.select(wrap, m.op("add", rest, y), m.op("add", rest, 0.0))


def floordiv(m: Machine, x: Scalar, y: Scalar) -> Scalar:
    """`x // y`."""
    quotient = m.op("div", m.op("sub", x, mod(m, x, y)), y)
    return m.op("rint", quotient)


def power(m: Machine, x: Scalar, e: Scalar) -> Scalar:
    """`x ** e`; known small whole exponents become products from left to right."""
    if not isinstance(e, Sym) and not isinstance(x, Sym):
        return m.op("pow", x, e)
    if not isinstance(e, Sym):
        if abs(e) <= min(_INLINE_PRODUCTS, N_PRODUCTS) and float(e).is_integer():
            return _product(m, x, int(e))
        if e == 0.5:
            return m.op("sqrt", x)
    return m.op("pow", _hidden(m, x), _hidden(m, e))


def _product(m: Machine, x: Scalar, e: int) -> Scalar:
    product: Scalar = m.op("add", x, 0.0) if e and _is_bool(x) else x
    if e == 0:
        return 1.0
    for _ in range(abs(e) - 1):
        product = m.op("mul", product, x)
    if abs(e) > 1 and isinstance(product, Sym) and m.code:
        m.code.check(product)
    return m.op("div", 1.0, product) if e < 0 else product


def _hidden(m: Machine, value: Scalar) -> Scalar:
    """Keep LLVM from seeing a constant: it would turn `pow(2, x)` into another function."""
    if isinstance(value, Sym):
        return value
    assert m.code is not None
    return m.code.load(m.code.constant((float(value),)))


def add_all(m: Machine, values: Sequence[Scalar]) -> Scalar:
    """Sum from left to right, 0 of nothing."""
    result: Scalar = values[0] if values else 0.0
    for value in values[1:]:
        result = m.op("add", result, value)
    return result


def hypot(m: Machine, *xs: Scalar) -> Scalar:
    """Square root of the sum of squares, from left to right."""
    total: Scalar = m.op("mul", xs[0], xs[0])
    for x in xs[1:]:
        total = m.op("add", total, m.op("mul", x, x))
    return m.op("sqrt", total)


def log(m: Machine, x: Scalar, base: Scalar = math.e) -> Scalar:
    """Natural logarithm, or that to a base."""
    value = m.op("log", x)
    return value if base == math.e else m.op("div", value, m.op("log", base))


def rounded(m: Machine, x: Scalar, digits: float = 0.0) -> Scalar:
    """Nearest whole number or decimal, halves to even."""
    if not digits:
        return m.op("rint", x)
    scale = 10.0**digits
    return m.op("div", m.op("rint", m.op("mul", x, scale)), scale)


def shape_of(value: Value) -> tuple[int, ...]:
    """Shape of a scalar, array, or nested list of them."""
    if isinstance(value, Array):
        return value.shape
    return ()


def as_array(m: Machine, value: Value) -> Array | Scalar:
    """What numpy makes of a value: scalars stay scalars, lists and tuples become arrays.

    Raises:
        Wrong: It is ragged or holds something that is not a number.
    """
    if is_scalar(value) or isinstance(value, Array):
        return value
    if isinstance(value, Picked):
        m.lose("elements are picked by a condition")
    items = sequence(m, value)
    m.tick(len(items))
    parts = [as_array(m, item) for item in items]
    shapes = {shape_of(part) for part in parts}
    if len(shapes) > 1:
        raise Wrong("R037", "Rows of different length do not make an array.")
    inner = shapes.pop() if shapes else ()
    flat: list[Scalar] = []
    for part in parts:
        flat.extend(m.leaves(part) if isinstance(part, Array) else (part,))
    return m.array((len(parts), *inner), tuple(flat))


def sequence(m: Machine, value: Value) -> list[Value]:
    """Elements of a list or tuple whose length is known.

    Raises:
        Wrong: It is something else.
    """
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, List):
        return plain(m, m.content(value))
    if isinstance(value, Unknown):
        return m.lose("a list is only known at run time")
    raise Wrong("R037", f"An array is needed here; this is {kind_of(value)}.")


def plain(m: Machine, entries: tuple[Entry, ...]) -> list[Value]:
    """Values of entries that are all there."""
    if any(entry.present is not True for entry in entries):
        m.lose("the length of a list is only known at run time")
    return [entry.value for entry in entries]


def broadcast(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Common shape by numpy's rules.

    Raises:
        Wrong: There is none.
    """
    rank = max((len(shape) for shape in shapes), default=0)
    padded = [(1,) * (rank - len(shape)) + shape for shape in shapes]
    result = []
    for sizes in zip(*padded, strict=True):
        wide = {size for size in sizes if size != 1}
        if len(wide) > 1:
            shown = " and ".join(str(shape) for shape in shapes)
            cure = "Combine arrays of one shape, or a number and an array."
            raise Wrong("R037", f"Arrays of shapes {shown} do not fit together.", cure)
        result.append(wide.pop() if wide else 1)
    return tuple(result)


def spread(m: Machine, value: Array | Scalar, shape: tuple[int, ...]) -> tuple[Scalar, ...]:
    """Elements of a value repeated to a broadcast shape, row by row."""
    if not isinstance(value, Array):
        return (value,) * math.prod(shape)
    leaves = m.leaves(value)
    if value.shape == shape:
        return leaves
    strides, step = [0] * len(shape), 1
    for axis in range(1, len(value.shape) + 1):
        size = value.shape[-axis]
        strides[-axis] = 0 if size == 1 else step
        step *= size
    places = [0]
    for size, stride in zip(shape, strides, strict=True):
        places = [place + i * stride for place in places for i in range(size)]
    return tuple(leaves[place] for place in places)


def elementwise(m: Machine, function: ScalarFunction, *values: Value) -> Value:
    """Apply a scalar function to scalars or arrays."""
    if picked := [value for value in values if isinstance(value, Picked)]:
        return _on_picked(m, function, values, picked)
    arrays = [as_array(m, value) for value in values]
    if not any(isinstance(array, Array) for array in arrays):
        return function(m, *arrays)
    shape = broadcast([shape_of(array) for array in arrays])
    size = math.prod(shape)
    if size > limits.REGISTERS:
        m.charge(float(size // limits.REGISTERS))
        if any(isinstance(array, Array) and has_symbols(array) for array in arrays):
            return _mapped(m, function, arrays, shape)
    if size > limits.MAX_ITEMS:
        raise Wrong("R004", f"An array of {size} elements is too large.")
    columns = [spread(m, array, shape) for array in arrays]
    return m.array(shape, tuple(function(m, *row) for row in zip(*columns, strict=True)))


def _on_picked(
    m: Machine, function: ScalarFunction, values: tuple[Value, ...], picked: list[Picked]
) -> Value:
    """The same for arrays with rows that may be absent: every row is computed."""
    first = picked[0]
    rank = len(first.rows.shape)
    others = [as_array(m, value) for value in values if not isinstance(value, Picked)]
    aligned = any(len(shape_of(o)) >= rank and shape_of(o)[-rank] != 1 for o in others)
    if aligned or any(p.present is not first.present for p in picked):
        m.lose("arrays of a length known at run time only are combined")
    rows = elementwise(m, function, *(v.rows if isinstance(v, Picked) else v for v in values))
    if not isinstance(rows, Array) or len(rows.shape) != rank:
        m.lose("arrays of a length known at run time only are combined")
    return Picked(rows, first.present, first.is_grid)


def _mapped(
    m: Machine, function: ScalarFunction, arrays: list[Array | Scalar], shape: tuple[int, ...]
) -> Value:
    """The same for large arrays, as loops in the generated code."""
    assert m.code is not None
    parts = [(a, in_memory(m, a)) if isinstance(a, Array) else a for a in arrays]
    aligned = all(not isinstance(a, Array) or a.shape == shape for a in arrays)
    loops = (math.prod(shape),) if aligned else shape
    indices, leave = each(m, loops)
    args: list[Scalar] = []
    for part in parts:
        if isinstance(part, tuple):
            array, memory = part
            moving = indices[0] if aligned else _place(array.shape, indices)
            args.append(m.code.load(memory, moving=moving))
        else:
            args.append(part)
    value = function(m, *args)
    made = m.code.allocate(math.prod(shape), is_bool=_is_bool(value))
    m.code.store(made, _place(loops, indices), value)
    leave()
    return m.array(shape, made)


def each(m: Machine, shape: tuple[int, ...]) -> tuple[list[str], Callable[[], None]]:
    """Begin generated loops over a shape: their variables, and how to end them."""
    assert m.code is not None
    code, outside, indices = m.code, m.code.block, []
    for n in shape:
        indices.append(code.fresh("k"))
        code.block = code.nest(f"for {indices[-1]} in range({n}):")

    def leave() -> None:
        code.block = outside

    return indices, leave


def _place(shape: tuple[int, ...], indices: list[str]) -> str:
    """Flat place of loop variables in an array that is broadcast to their loops."""
    terms: list[str] = []
    stride = 1
    for n, index in zip(reversed(shape), reversed(indices), strict=False):
        if n != 1:
            terms.insert(0, index if stride == 1 else f"{index} * {stride}")
        stride *= n
    return " + ".join(terms)


def in_memory(m: Machine, array: Array) -> Memory:
    """Where a large array lives; elements held in variables are written out first."""
    assert m.code is not None
    state = m.content(array)
    if isinstance(state, Memory):
        return state
    if not any(isinstance(leaf, Sym) for leaf in state):
        memory = m.code.constant(tuple(float(leaf) for leaf in state))
        if all(isinstance(leaf, bool) for leaf in state):
            return Memory("c", memory.offset, is_bool=True)
        return memory
    memory = m.code.allocate(array.size, is_bool=all(_is_bool(leaf) for leaf in state))
    for i, leaf in enumerate(state):
        m.code.store(Memory("w", memory.offset + i), "", leaf)
    return memory


def _is_bool(value: Scalar) -> bool:
    return value.is_bool if isinstance(value, Sym) else isinstance(value, bool)


def has_symbols(array: Array) -> bool:
    """Whether some element is known at run time only."""
    state = array.state
    return isinstance(state, Memory) or any(isinstance(leaf, Sym) for leaf in state)


def is_bool(value: Array | Scalar) -> bool:
    """Whether a value is a truth value or an array of them."""
    if isinstance(value, Array):
        state = value.state
        if isinstance(state, Memory):
            return state.is_bool
        return bool(state) and all(_is_bool(leaf) for leaf in state)
    return _is_bool(value)
