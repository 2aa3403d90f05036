"""Operations on scalars and arrays that are made of primitives, elementwise with broadcasting."""

from __future__ import annotations

import math
from collections.abc import Callable
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
_MAX_LOADS = 128


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
    arrays = [as_array(m, value) for value in values]
    if not any(isinstance(array, Array) for array in arrays):
        return function(m, *arrays)
    shape = broadcast([shape_of(array) for array in arrays])
    size = math.prod(shape)
    if size > limits.REGISTERS:
        m.charge(float(size // limits.REGISTERS))
        if any(isinstance(a, Array) and isinstance(a.state, Memory) for a in arrays):
            return _mapped(m, function, arrays, shape)
    if size > limits.MAX_ITEMS:
        raise Wrong("R004", f"An array of {size} elements is too large.")
    columns = [spread(m, array, shape) for array in arrays]
    return m.array(shape, tuple(function(m, *row) for row in zip(*columns, strict=True)))


def _mapped(
    m: Machine, function: ScalarFunction, arrays: list[Array | Scalar], shape: tuple[int, ...]
) -> Value:
    """The same for large arrays, as a loop in the generated code."""
    assert m.code is not None
    if any(isinstance(array, Array) and array.shape != shape for array in arrays):
        if math.prod(shape) > _MAX_LOADS:
            m.lose("large arrays of different shapes are combined")
        columns = [spread(m, array, shape) for array in arrays]
        return m.array(shape, tuple(function(m, *row) for row in zip(*columns, strict=True)))
    index, leave = each(m, math.prod(shape))
    value = function(m, *(element(m, array, index) for array in arrays))
    memory = m.code.allocate(math.prod(shape), is_bool=_is_bool(value))
    m.code.store(memory, index, value)
    leave()
    return m.array(shape, memory)


def each(m: Machine, n: int) -> tuple[str, Callable[[], None]]:
    """Begin a generated loop over `n` elements: its variable, and how to end it."""
    assert m.code is not None
    code, outside, index = m.code, m.code.block, m.code.fresh("k")
    code.block = code.nest(f"for {index} in range({n}):")

    def leave() -> None:
        code.block = outside

    return index, leave


def element(m: Machine, value: Array | Scalar, index: str) -> Scalar:
    """Element of a large array at a loop variable of the generated code."""
    if not isinstance(value, Array):
        return value
    assert m.code is not None
    return m.code.load(in_memory(m, value), moving=index)


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


def is_bool(value: Array | Scalar) -> bool:
    """Whether a value is a truth value or an array of them."""
    if isinstance(value, Array):
        state = value.state
        if isinstance(state, Memory):
            return state.is_bool
        return bool(state) and all(_is_bool(leaf) for leaf in state)
    return _is_bool(value)
