"""`sum`, `any`, `min` and the like over a comprehension, without building a list."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from alignenv.program.loops import fold
from alignenv.program.machine import Machine
from alignenv.program.values import UNKNOWN, Cell, Unknown, Value

Comprehension = ast.GeneratorExp | ast.ListComp


def _sum(m: Machine, node: Comprehension) -> Value:
    total = Cell(0.0, m.birth())
    fold(m, node.generators, node.elt, lambda v: m.write(total, m.op("add", total.state, v)))
    return total.state  # type: ignore[no-any-return]


def _len(m: Machine, node: Comprehension) -> Value:
    total = Cell(0.0, m.birth())
    fold(m, node.generators, node.elt, lambda _: m.write(total, m.op("add", total.state, 1.0)))
    return total.state  # type: ignore[no-any-return]


def _until(wanted: bool) -> Callable[[Machine, Comprehension], Value]:
    """`any` stops at the first true element, `all` at the first false one."""

    def run(m: Machine, node: Comprehension) -> Value:
        found = Cell(not wanted, m.birth())
        join = m.open()

        def stop() -> None:
            m.write(found, wanted)
            m.jump(join)

        def body(value: Value) -> None:
            test = m.truth(value)
            m.branch(test if wanted else m.op("not", test), stop)

        fold(m, node.generators, node.elt, body)
        m.close(join)
        return found.state  # type: ignore[no-any-return]

    return run


def _extreme(name: str, start: float) -> Callable[..., Value]:
    def run(m: Machine, node: Comprehension, default: Value = None) -> Value:
        best, count = Cell(start, m.birth()), Cell(0.0, m.birth())

        def body(value: Value) -> None:
            m.write(best, m.op(name, best.state, value))
            m.write(count, m.op("add", count.state, 1.0))

        fold(m, node.generators, node.elt, body)
        empty = m.op("eq", count.state, 0.0)
        if default is None:
            m.branch(empty, lambda: _no_elements(m, name))
            return best.state  # type: ignore[no-any-return]
        return m.select(empty, m.op("num", default), best.state)

    return run


def _no_elements(m: Machine, name: str) -> None:
    m.fault("E011", f"{name}() of no elements")


def _first(m: Machine, node: Comprehension, default: Value = UNKNOWN) -> Value:
    """`next(f(x) for x in xs if test)`: nothing behind the first one is computed."""
    found = Cell(None, m.birth())
    join = m.open()

    def body(value: Value) -> None:
        m.write(found, value)
        m.jump(join)

    fold(m, node.generators, node.elt, body)
    if m.live:
        nothing = isinstance(default, Unknown)
        m.write(found, m.fault("E011", "next() of no elements") if nothing else default)
    m.close(join)
    return found.state  # type: ignore[no-any-return]


FIRST = _first
"""The folder of `next`, which may take a second argument."""

FOLDERS: dict[str, Callable[..., Value]] = {
    "builtins.sum": _sum,
    "numpy.sum": _sum,
    "builtins.len": _len,
    "builtins.next": FIRST,
    "builtins.any": _until(True),
    "builtins.all": _until(False),
    "builtins.min": _extreme("min", math.inf),
    "builtins.max": _extreme("max", -math.inf),
}
"""Functions that take a comprehension element by element."""
