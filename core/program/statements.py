"""How each kind of statement is executed."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from alignenv.program.calls import make_closure
from alignenv.program.expressions import index_of
from alignenv.program.indexing import get_item
from alignenv.program.iterating import bind, unpack
from alignenv.program.loops import loop, weight
from alignenv.program.machine import Machine
from alignenv.program.matching import match
from alignenv.program.operators import operate
from alignenv.program.outline import is_print
from alignenv.program.rules import Wrong
from alignenv.program.storing import set_item
from alignenv.program.values import UNKNOWN, Array, List, Record, Scope, Unknown, Value
from alignenv.program.while_loops import repeat_while


def assign(m: Machine, node: ast.Assign) -> None:
    """`a = b = value`."""
    value = m.eval(node.value)
    for target in node.targets:
        _store(m, target, value)


def annotated(m: Machine, node: ast.AnnAssign) -> None:
    """`a: float = value`; the annotation is ignored."""
    if node.value is not None:
        _store(m, node.target, m.eval(node.value))


def _store(m: Machine, target: ast.expr, value: Value) -> None:
    if isinstance(target, ast.Name):
        m.set_name(target.id, value)
    elif isinstance(target, ast.Subscript):
        set_item(m, m.eval(target.value), index_of(m, target.slice), value)
    elif isinstance(target, ast.Tuple | ast.List):
        unpack(m, target, value, _store)
    else:
        base = m.eval(target.value) if isinstance(target, ast.Attribute) else None
        raise Wrong(
            "R050" if isinstance(base, Record) else "R041",
            "Attributes cannot be assigned.",
        )


def augmented(m: Machine, node: ast.AugAssign) -> None:
    """`a += value`; arrays and lists change in place, as in Python."""
    target = node.target
    if isinstance(target, ast.Name):
        old = m.eval(ast.copy_location(ast.Name(target.id, ast.Load()), target))
        new = operate(m, node.op, old, m.eval(node.value))
        if isinstance(new, Unknown) or not isinstance(old, Array | List):
            m.set_name(target.id, new)
        elif isinstance(old, Array) and (not isinstance(new, Array) or new.shape != old.shape):
            raise Wrong("R037", "The result does not fit into the array.")
        else:
            m.change(old, new.state)  # type: ignore[union-attr]
    elif isinstance(target, ast.Subscript):
        base, index = m.eval(target.value), index_of(m, target.slice)
        old = get_item(m, base, index)
        set_item(m, base, index, operate(m, node.op, old, m.eval(node.value)))
    else:
        _store(m, target, UNKNOWN)


def condition(m: Machine, node: ast.If) -> None:
    """`if`, `elif`, `else`."""
    test = m.truth(m.eval(node.test))
    m.branch(test, lambda: m.execute(node.body), lambda: m.execute(node.orelse))


def repeat(m: Machine, node: ast.For) -> None:
    """`for x in xs`."""
    iterable = m.eval(node.iter)

    def body(value: Value) -> None:
        bind(m, node.target, value)
        m.execute(node.body)

    cost = m.shelf.get(node)
    if cost is None:
        cost = m.shelf[node] = weight(*node.body)
    loop(m, iterable, cost, body)


def leave_loop(m: Machine, _node: ast.Break) -> None:
    """`break`."""
    m.frames[-1].loops[-1][0]()


def next_turn(m: Machine, _node: ast.Continue) -> None:
    """`continue`."""
    m.frames[-1].loops[-1][1]()


def give_back(m: Machine, node: ast.Return) -> None:
    """`return value`."""
    m.frames[-1].leave(None if node.value is None else m.eval(node.value))


def define(m: Machine, node: ast.FunctionDef) -> None:
    """`def` inside a function or at top level."""
    m.set_name(node.name, make_closure(m, node.name, node))


def discard(m: Machine, node: ast.Expr) -> None:
    """A call such as `names.append(x)`, or a docstring; `print(...)` is left out."""
    if not isinstance(node.value, ast.Constant) and not is_print(node):
        m.eval(node.value)


def demand(m: Machine, node: ast.Assert) -> None:
    """`assert test`: a fault where it does not hold."""
    test = m.truth(m.eval(node.test))
    m.branch(m.op("not", test), lambda: _stop(m, "an assertion does not hold"))


def refuse(m: Machine, _node: ast.Raise) -> None:
    """`raise error`: a fault; nothing follows on this path."""
    _stop(m, "the program raises an error")
    m.frames[0].leave(0.0)


def _stop(m: Machine, message: str) -> None:
    m.fault("E025", message)


def constants(m: Machine, node: ast.ClassDef) -> None:
    """`class Actions:` with constants, read as `Actions.NAME`."""
    outer = m.scope
    names = frozenset(
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    )
    inner = m.scope = Scope(outer, names, {}, m.birth())
    try:
        m.execute(node.body)
    finally:
        m.scope = outer
    found: dict[str, Value] = dict(inner.state)
    m.set_name(node.name, Record("", found.get, tuple(found)))


def nothing(_m: Machine, _node: ast.stmt) -> None:
    """`pass`, and what was resolved before: imports, `nonlocal`."""


STATEMENTS: dict[type[ast.AST], Callable[[Machine, Any], None]] = {
    ast.Assign: assign,
    ast.AnnAssign: annotated,
    ast.AugAssign: augmented,
    ast.If: condition,
    ast.For: repeat,
    ast.Break: leave_loop,
    ast.Continue: next_turn,
    ast.Return: give_back,
    ast.FunctionDef: define,
    ast.Expr: discard,
    ast.Assert: demand,
    ast.Raise: refuse,
    ast.ClassDef: constants,
    ast.While: repeat_while,
    ast.Match: match,
    ast.Pass: nothing,
    ast.Nonlocal: nothing,
    ast.Import: nothing,
    ast.ImportFrom: nothing,
}
"""Executor of each kind of statement."""
