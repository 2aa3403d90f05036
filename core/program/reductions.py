"""Functions that turn arrays into fewer numbers, always from left to right.

Each is a fold: a start, a step per element and an end. The same fold runs over elements held in
variables, over large arrays in a loop of the generated code, and over elements that may be absent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alignenv.program import limits
from alignenv.program.arithmetic import as_array, each, elementwise, in_memory
from alignenv.program.emitter import Assign, Emitter, number, truth
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import Array, Memory, Picked, Scalar, Sym, Value

State = tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Elements:
    """What is reduced.

    Attributes:
        values: A vector.
        present: Whether each element is there; None when all are.
    """

    values: Array
    present: Array | None = None

    def map(self, m: Machine, function: Callable[..., Scalar]) -> Elements:
        """The same with a function applied to each element."""
        mapped = elementwise(m, function, self.values)
        assert isinstance(mapped, Array)
        return Elements(mapped, self.present)


Reducer = Callable[[Machine, Elements], Scalar]
Step = Callable[[Machine, State, Scalar, Scalar], State]
"""Takes the machine, the state, an element and its place; returns the next state."""


def _fold(m: Machine, elements: Elements, start: State, step: Step) -> State:
    arrays = [a for a in (elements.values, elements.present) if a is not None]
    if any(isinstance(m.content(array), Memory) for array in arrays):
        assert m.code is not None
        return _fold_in_memory(m, m.code, elements, start, step)
    state = start
    leaves = m.leaves(elements.values)
    flags = m.leaves(elements.present) if elements.present else (True,) * len(leaves)
    for i, (leaf, flag) in enumerate(zip(leaves, flags, strict=True)):
        after = step(m, state, leaf, float(i))
        state = tuple(m.select(flag, new, old) for new, old in zip(after, state, strict=True))
    return state


def _fold_in_memory(
    m: Machine, code: Emitter, elements: Elements, start: State, step: Step
) -> State:
    """Fold a large array by a loop of the generated code."""
    values = in_memory(m, elements.values)
    present = in_memory(m, elements.present) if elements.present else None
    state = tuple(Sym(code.fresh("m"), isinstance(value, bool)) for value in start)
    for symbol, value in zip(state, start, strict=True):
        code.add(Assign(symbol.text, _spell(symbol, value)))
    (index,), leave = each(m, (elements.values.size,))
    if present is not None:
        there = code.load(present, moving=index)
        code.block = code.nest(f"if {there.text}:")
    place = Sym(code.let(f"float({index})").text)
    after = step(m, state, code.load(values, moving=index), place)
    held = [code.let(_spell(s, v), is_bool=s.is_bool) for s, v in zip(state, after, strict=True)]
    for symbol, value in zip(state, held, strict=True):
        code.add(Assign(symbol.text, value.text))
    leave()
    return state


def _spell(symbol: Sym, value: Scalar) -> str:
    return truth(value) if symbol.is_bool else number(value)


def _chained(name: str) -> Step:
    """Combine elements by one operation, beginning with the first."""

    def step(m: Machine, state: State, value: Scalar, _place: Scalar) -> State:
        so_far, found = state
        first = m.op("num", value) if is_truth(value) else value
        if found is False:
            return first, True
        return m.select(found, m.op(name, so_far, value), first), True

    return step


def is_truth(value: Scalar) -> bool:
    """Whether a scalar is a truth value."""
    return value.is_bool if isinstance(value, Sym) else isinstance(value, bool)


def total(m: Machine, elements: Elements) -> Scalar:
    """Sum; 0 of nothing."""
    return _fold(m, elements, (0.0, False), _chained("add"))[0]


def product(m: Machine, elements: Elements) -> Scalar:
    """Product; 1 of nothing."""
    return _fold(m, elements, (1.0, False), _chained("mul"))[0]


def smallest(m: Machine, elements: Elements) -> Scalar:
    """Minimum."""
    return _found(m, _fold(m, elements, (0.0, False), _chained("minimum")))


def largest(m: Machine, elements: Elements) -> Scalar:
    """Maximum."""
    return _found(m, _fold(m, elements, (0.0, False), _chained("maximum")))


def _found(m: Machine, state: State) -> Scalar:
    """First part of a state whose last part says whether there was any element."""
    m.branch(m.op("not", state[-1]), lambda: _nothing(m))
    return state[0]


def _nothing(m: Machine) -> None:
    m.fault("E011", "no elements to reduce")


def any_of(m: Machine, elements: Elements) -> Scalar:
    """Whether one is true."""
    return _fold(m, elements, (False,), lambda m, s, x, _: (m.op("or", s[0], m.truth(x)),))[0]


def all_of(m: Machine, elements: Elements) -> Scalar:
    """Whether all are true."""
    return _fold(m, elements, (True,), lambda m, s, x, _: (m.op("and", s[0], m.truth(x)),))[0]


def count(m: Machine, elements: Elements) -> Scalar:
    """How many are true."""
    return _fold(m, elements, (0.0,), lambda m, s, x, _: (m.op("add", s[0], m.truth(x)),))[0]


def n_present(m: Machine, elements: Elements) -> Scalar:
    """How many there are."""
    if elements.present is None:
        return float(elements.values.size)
    return count(m, Elements(elements.present))


def mean(m: Machine, elements: Elements) -> Scalar:
    """Arithmetic mean."""
    return m.op("div", total(m, elements), n_present(m, elements))


def variance(m: Machine, elements: Elements) -> Scalar:
    """Mean squared deviation from the mean."""
    centre = mean(m, elements)
    deviations = elements.map(m, lambda m, x: m.op("sub", x, centre))
    return mean(m, deviations.map(m, lambda m, d: m.op("mul", d, d)))


def deviation(m: Machine, elements: Elements) -> Scalar:
    """Standard deviation."""
    return m.op("sqrt", variance(m, elements))


def norm_of(m: Machine, elements: Elements) -> Scalar:
    """Euclidean length."""
    return m.op("sqrt", total(m, elements.map(m, lambda m, x: m.op("mul", x, x))))


def _extreme_place(better: str) -> Reducer:
    def step(m: Machine, state: State, value: Scalar, place: Scalar) -> State:
        best, found, any_yet = state
        wins = m.op("or", m.op("not", any_yet), m.op(better, value, best))
        return m.select(wins, value, best), m.select(wins, place, found), True

    def run(m: Machine, elements: Elements) -> Scalar:
        if elements.present is not None:
            m.lose("a place among elements picked by a condition")
        numbers = elements.map(m, lambda m, x: m.op("num", x))
        _, found, any_yet = _fold(m, numbers, (0.0, 0.0, False), step)
        return _found(m, (found, any_yet))

    return run


first_smallest = _extreme_place("lt")
"""Place of the first minimum."""
first_largest = _extreme_place("gt")
"""Place of the first maximum."""


def median(m: Machine, elements: Elements) -> Scalar:
    """Middle of the ordered elements."""
    if elements.present is not None:
        m.lose("the median of elements picked by a condition")
    ordered = sort_values(m, m.leaves(elements.values))
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    if not ordered:
        return m.fault("E011", "the median of no elements")
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


def reduce(
    m: Machine, reducer: Reducer, value: Value, axis: Value = None, keepdims: Value = False
) -> Value:
    """Apply a reducer to all elements, or along one axis."""
    if isinstance(value, Picked):
        return _reduce_picked(m, reducer, value, axis)
    array = as_array(m, value)
    if not isinstance(array, Array):
        array = m.array((1,), (array,))
    if array.size > limits.REGISTERS:
        m.charge(float(array.size // limits.REGISTERS))
    if axis is None or len(array.shape) == 1:
        if axis is not None and axis not in (0.0, -1.0):
            raise Wrong("R037", "The array has one axis only.")
        result = reducer(m, Elements(flat(m, array)))
        return m.array((1,) * len(array.shape), (result,)) if keepdims else result
    return _reduce_axis(m, reducer, array, axis, keepdims=bool(keepdims))


def flat(m: Machine, array: Array) -> Array:
    """All elements in one row."""
    return array if len(array.shape) == 1 else m.array((array.size,), m.content(array))


def _reduce_picked(m: Machine, reducer: Reducer, value: Picked, axis: Value) -> Value:
    """Reduce an array with rows that may be absent: each row, or what is there of all."""
    rank = len(value.rows.shape)
    if value.is_grid and axis is not None:
        m.lose("rows picked by a condition are reduced together")
    if axis in (1.0, -1.0) and rank == 2:
        rows = reduce(m, reducer, value.rows, axis)
        assert isinstance(rows, Array)
        return Picked(rows, value.present)
    if rank > 1 and axis is None:
        width = value.rows.size // max(value.present.size, 1)
        flags = tuple(flag for flag in m.leaves(value.present) for _ in range(width))
        return reducer(m, Elements(flat(m, value.rows), m.array((len(flags),), flags)))
    if axis not in (None, 0.0, -1.0) or rank > 1:
        m.lose("rows picked by a condition are reduced together")
    return reducer(m, Elements(value.rows, value.present))


def _reduce_axis(
    m: Machine, reducer: Reducer, array: Array, axis: Value, *, keepdims: bool
) -> Value:
    if not isinstance(axis, float) or not -len(array.shape) <= axis < len(array.shape):
        raise Wrong("R037", "`axis` must be a whole number below the array's dimensions.")
    place = int(axis) % len(array.shape)
    n, inner = array.shape[place], math.prod(array.shape[place + 1 :])
    kept = (1,) if keepdims else ()
    shape = (*array.shape[:place], *kept, *array.shape[place + 1 :])
    if isinstance(m.content(array), Memory) and inner == 1:
        return m.array(shape, _reduce_rows(m, reducer, array, n))
    if isinstance(m.content(array), Memory) and array.size > 4 * limits.REGISTERS:
        m.lose("a large array is reduced along its first axis")
    leaves = m.leaves(array)
    results = tuple(
        reducer(m, Elements(m.array((n,), leaves[start : start + n * inner : inner])))
        for outer in range(0, array.size, n * inner)
        for start in range(outer, outer + inner)
    )
    return m.array(shape, results)


def _reduce_rows(m: Machine, reducer: Reducer, array: Array, n: int) -> Memory:
    """Reduce each row of a large array, in a loop of the generated code."""
    assert m.code is not None
    memory = in_memory(m, array)
    (index,), leave = each(m, (array.size // n,))
    moving = f"{memory.moving} + {index} * {n}" if memory.moving else f"{index} * {n}"
    held = m.code.let(moving).text
    row = Memory(memory.buffer, memory.offset, held, memory.is_bool)
    state = row if n > limits.REGISTERS else tuple(m.code.load(row, i) for i in range(n))
    result = reducer(m, Elements(m.array((n,), state)))
    made = m.code.allocate(array.size // n, is_bool=is_truth(result))
    m.code.store(made, index, result)
    leave()
    return made
