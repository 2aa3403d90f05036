"""`while` loops: unrolled while the test is known, else loops of the generated code."""

from __future__ import annotations

import ast
import math

from alignenv.program import limits
from alignenv.program.loops import generate, weight, with_loops
from alignenv.program.machine import Machine
from alignenv.program.values import Items, Sym, Value


def repeat_while(m: Machine, node: ast.While) -> None:
    """`while test`; every turn costs one iteration."""
    cost, turns = weight(*node.body), 0
    most = _most(node)
    leave = m.open()
    while m.live:
        test = m.truth(m.eval(node.test))
        if not isinstance(test, Sym) and not test:
            break
        if m.code and (isinstance(test, Sym) or turns * cost >= most):
            _generated(m, node)
            break
        m.charge(1.0)
        again = m.open()
        with_loops(m, leave, again, lambda: m.execute(node.body))
        m.close(again)
        turns += 1
    m.close(leave)


def _most(node: ast.While) -> int:
    """Up to which length it is unrolled: paths that leave a turn early nest in each other."""
    if isinstance(node.test, ast.Constant):
        return 0
    leaves = any(isinstance(n, ast.Break | ast.Continue | ast.Return) for n in ast.walk(node))
    return limits.UNROLL_EASILY if leaves else limits.UNROLL_AT_MOST


def _generated(m: Machine, node: ast.While) -> None:
    """The turns from here on, as many as there is fuel for."""
    assert m.code is not None

    def turn(_: Value) -> None:
        test = m.truth(m.eval(node.test))
        m.branch(test, pay_and_go, m.frames[-1].loops[-1][0])

    def pay_and_go() -> None:
        assert m.code is not None
        m.code.charge("1.0", math.inf)
        m.execute(node.body)

    def place(k: Value) -> Value:
        return k

    generate(m, m.code, Items(limits.FUEL + 1, float, place), turn, must=True)
