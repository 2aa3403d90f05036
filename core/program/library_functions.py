"""The few functions of Python's standard library that rewards use, beside `math`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from alignenv.program.iterating import values_of
from alignenv.program.machine import Machine
from alignenv.program.object_functions import dict_, dict_entries
from alignenv.program.rules import Wrong
from alignenv.program.values import DefaultDict, Value, is_scalar


def reduce(m: Machine, function: Value, iterable: Value, *initial: Value) -> Value:
    """`functools.reduce(f, xs, start)`: from left to right."""
    from alignenv.program.calls import invoke

    values = [*initial, *values_of(m, iterable)]
    if not values:
        return m.fault("E011", "reduce() of no elements")
    result = values[0]
    for value in values[1:]:
        result = invoke(m, function, [result, value])
    return result


def product(m: Machine, *iterables: Value, repeat: Value = 1.0) -> Value:
    """`itertools.product(xs, ys)`: all pairs."""
    n = _whole(repeat)
    columns = [values_of(m, value) for value in iterables] * n
    size = 1
    for column in columns:
        size *= len(column)
        m.check_length(size)
    return m.list(list(itertools.product(*columns)))


def combinations(m: Machine, iterable: Value, r: Value) -> Value:
    """`itertools.combinations(xs, 2)`."""
    return _rows(m, itertools.combinations(values_of(m, iterable), _whole(r)))


def permutations(m: Machine, iterable: Value, r: Value = None) -> Value:
    """`itertools.permutations(xs, 2)`."""
    values = values_of(m, iterable)
    return _rows(m, itertools.permutations(values, len(values) if r is None else _whole(r)))


def pairwise(m: Machine, iterable: Value) -> Value:
    """`itertools.pairwise(xs)`: neighbours."""
    return _rows(m, itertools.pairwise(values_of(m, iterable)))


def _rows(m: Machine, rows: Iterable[tuple[Value, ...]]) -> Value:
    found: list[Value] = []
    for row in rows:
        found.append(row)
        m.check_length(len(found))
    return m.list(found)


def chain(m: Machine, *iterables: Value) -> Value:
    """`itertools.chain(xs, ys)`: one after the other."""
    return m.list([value for iterable in iterables for value in values_of(m, iterable)])


def accumulate(m: Machine, iterable: Value) -> Value:
    """`itertools.accumulate(xs)`: running sums."""
    values = values_of(m, iterable)
    return m.list(list(itertools.accumulate(values, lambda a, b: m.op("add", a, b))))


def _whole(value: Value) -> int:
    if not is_scalar(value) or not isinstance(value, float) or not 0 <= value <= 8:
        raise Wrong("R037", "A small whole number written out is needed here.")
    return int(value)


def defaultdict(m: Machine, default_factory: Value = None, *others: Value) -> Value:
    """`collections.defaultdict(float)`: a dict whose missing keys begin at 0.0."""
    entries = dict_entries(m, others[0]) if others else {}
    return DefaultDict(entries, m.birth(), default_factory)


LIBRARY: dict[str, Callable[..., Value]] = {
    "functools.reduce": reduce,
    "itertools.product": product,
    "itertools.combinations": combinations,
    "itertools.permutations": permutations,
    "itertools.pairwise": pairwise,
    "itertools.chain": chain,
    "itertools.accumulate": accumulate,
    "collections.defaultdict": defaultdict,
    "collections.OrderedDict": dict_,
}
"""Functions by canonical path."""
