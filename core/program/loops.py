"""`for` loops, comprehensions and folds: unrolled where short, else loops of the generated code."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alignenv.program import limits
from alignenv.program.emitter import FUEL_GATE, Assign, Block, Effect, Emitter
from alignenv.program.indexing import get_item
from alignenv.program.iterating import bind, items_of
from alignenv.program.machine import Lost, Machine
from alignenv.program.merging import Edge, Merger, Phi, assign
from alignenv.program.paths import Join, LoopJoin
from alignenv.program.values import UNKNOWN, Box, Items, Scope, Sym, Value, Whole

_MAX_ROUNDS = 8
_INNER_LOOP = 4
"""Length that an inner loop is taken to have, for the choice of unrolling."""
Body = Callable[[Value], None]


def loop(m: Machine, value: Value, weight: int, body: Body, *, grows: bool = False) -> None:
    """Run `body` for every element.

    Args:
        m: The machine.
        value: What to loop over.
        weight: Syntax nodes of the body.
        body: Takes the element.
        grows: Whether the body makes a list longer, which only unrolling can follow.
    """
    items = items_of(m, value)
    m.charge(items.n if isinstance(items.n, Sym) else float(items.n))
    if m.code is None:
        _interpreted(m, items, body)
        return
    cost = math.inf if isinstance(items.n, Sym) else items.n * weight
    if cost <= limits.UNROLL_EASILY or (cost <= limits.UNROLL_AT_MOST and (grows or not items.at)):
        _unrolled(m, items, body)
    elif items.at is None:
        m.lose("a long loop goes over values of different kinds")
    elif not generate(m, m.code, items, body, must=cost > limits.UNROLL_AT_MOST):
        _unrolled(m, items, body)


def _interpreted(m: Machine, items: Items, body: Body) -> None:
    assert not isinstance(items.n, Sym)
    leave, again = m.open(), m.open()
    loops = m.frames[-1].loops
    loops.append((lambda: m.jump(leave), lambda: m.jump(again)))
    for i in range(items.n):
        body(items.get(i))
        m.close(again)
        if not m.live:
            break
    m.close(leave)
    loops.pop()


def _unrolled(m: Machine, items: Items, body: Body) -> None:
    assert not isinstance(items.n, Sym)
    leave = m.open()
    flags = m.leaves(items.present) if items.present else (True,) * items.n
    for i, present in enumerate(flags):
        again = m.open()
        with_loops(m, leave, again, lambda i=i, p=present: m.branch(p, lambda: body(items.get(i))))  # type: ignore[misc]
        m.close(again)
        if not m.live:
            break
    m.close(leave)


def with_loops(m: Machine, leave: Join, again: Join, act: Callable[[], None]) -> None:
    """Run `act` with `break` and `continue` bound to the given joins."""
    loops = m.frames[-1].loops
    if leave is again:
        loops.append((lambda: m.jump(leave, "break"), lambda: m.jump(leave, "continue")))
    else:
        loops.append((lambda: m.jump(leave), lambda: m.jump(again)))
    depth = len(loops)
    try:
        act()
    finally:
        del loops[depth - 1 :]


@dataclass(slots=True)
class _Round:
    """One attempt at a generated loop, under an assumption about its variables."""

    join: LoopJoin
    merger: Merger
    contents: dict[Box, Any]


def generate(m: Machine, code: Emitter, items: Items, body: Body, *, must: bool) -> bool:
    """Generate a loop; False, and nothing done, where unrolling is possible and better.

    What the body changes becomes a variable of the generated loop. Which boxes and elements these
    are is found by running the body until its end agrees with its start.
    """
    start = _Start(m, code)
    header: dict[Box, Any] = {}
    entries: dict[str, Phi] = {}
    for _ in range(_MAX_ROUNDS):
        attempt = _attempt(m, code, items, body, header, frozenset(entries))
        failed = code.why_not != start.why_not
        if failed and not must:
            start.restore(m, code)
            return False
        if failed or not attempt.merger.grew:
            break
        header = attempt.contents
        for phi in attempt.merger.phis:
            entries.setdefault(phi.name, _entry(phi, entries))
        start.restore(m, code)
    else:
        code.give_up("a loop changes its variables in a way that does not settle")
    for box, content in attempt.contents.items():
        m.write(box, content)
    _finish(code, attempt, entries, start)
    return True


class _Start:
    """Where a generated loop begins, to try again from."""

    def __init__(self, m: Machine, code: Emitter) -> None:
        self.block: Block = code.block
        self.line = len(code.block.lines)
        self.why_not = code.why_not
        self._bound = code.fuel_bound
        self._n_problems = len(m.problems)
        self._joins = [(join, len(join.edges), join.passed) for join in m.joins]

    def restore(self, m: Machine, code: Emitter) -> None:
        """Forget everything since then."""
        del self.block.lines[self.line :]
        del m.problems[self._n_problems :]
        code.block, code.why_not, code.fuel_bound = self.block, self.why_not, self._bound
        for join, n_edges, passed in self._joins:
            del join.edges[n_edges:]
            join.passed = passed


def _entry(phi: Phi, entries: dict[str, Phi]) -> Phi:
    """The phi with its value before the loop."""
    first = phi.values[0]
    if isinstance(first, Sym) and first.text in entries:
        first = entries[first.text].values[0]
    return Phi(phi.name, phi.is_bool, (first,))


def _attempt(
    m: Machine,
    code: Emitter,
    items: Items,
    body: Body,
    header: dict[Box, Any],
    kept: frozenset[str],
) -> _Round:
    join = m.open(LoopJoin)
    assert isinstance(join, LoopJoin)
    outside, index = code.block, code.fresh("k")
    count = f"int({items.n.text})" if isinstance(items.n, Sym) else str(items.n)
    code.block = code.nest(f"for {index} in range({count}{FUEL_GATE}):")
    for box, content in header.items():
        m.write(box, content)
    n = limits.FUEL if isinstance(items.n, Sym) else items.n
    k = Sym(code.let(f"float({index})").text, whole=Whole(index, 0, n - 1))
    code.trips.append(math.inf if isinstance(items.n, Sym) else items.n)
    try:
        there = get_item(m, items.present, k) if items.present else True
        with_loops(
            m, join, join, lambda: m.branch(m.truth(there), lambda: body(_element(items, k)))
        )
    finally:
        code.trips.pop()
    if m.live:
        m.edge(join)
    m.live = True
    m.rollback(join.depth)
    m.joins.pop()
    code.block = outside
    merger = Merger(code, [Edge(outside, header), *join.edges], join.born, m.tick, kept)
    return _Round(join, merger, {box: merger.content(box) for box in merger.changed()})


def _element(items: Items, k: Sym) -> Value:
    assert items.at is not None
    try:
        return items.at(k)
    except Lost:
        return UNKNOWN


def _finish(code: Emitter, attempt: _Round, entries: dict[str, Phi], start: _Start) -> None:
    """Write what enters, repeats and leaves the loop."""
    join, phis = attempt.join, attempt.merger.phis
    for i, edge in enumerate(join.edges, 1):
        assign(code, phis, i, edge.block)
        for line in edge.tail:
            code.add(Effect(line), edge.block)
    entry = Block()
    assign(code, list(entries.values()), 0, entry)
    if join.escape:
        code.add(Assign(join.escape, "False"), entry)
    start.block.lines[start.line : start.line] = entry.lines
    if join.outer:
        code.nest(f"if {join.outer.escape}:").lines.append(Effect("break"))
    if join.stops:
        code.block = code.nest(f"if not {join.escape}:")


def weight(*nodes: ast.AST) -> int:
    """Syntax nodes, those of inner loops several times."""
    total = 0
    for node in nodes:
        loops = isinstance(node, ast.For | ast.While | ast.comprehension)
        inner = weight(*ast.iter_child_nodes(node))
        total += 1 + (inner * _INNER_LOOP if loops else inner)
    return total


def fold(
    m: Machine,
    generators: list[ast.comprehension],
    element: ast.expr,
    body: Callable[[Value], None],
    *,
    grows: bool = False,
) -> None:
    """Run `body` for every element of a comprehension, in a scope of its own."""
    names = frozenset(
        n.id for g in generators for n in ast.walk(g.target) if isinstance(n, ast.Name)
    )
    outer = m.scope
    first = m.eval(generators[0].iter)
    m.scope = Scope(outer, names, {}, m.birth())

    def run(depth: int, iterable: Value) -> None:
        generator = generators[depth]

        def inside() -> None:
            if depth + 1 < len(generators):
                run(depth + 1, m.eval(generators[depth + 1].iter))
            else:
                body(m.eval(element))

        def each(value: Value) -> None:
            bind(m, generator.target, value)
            filtered(list(generator.ifs))

        def filtered(conditions: list[ast.expr]) -> None:
            if not conditions:
                inside()
            else:
                condition = m.truth(m.eval(conditions[0]))
                m.branch(condition, lambda: filtered(conditions[1:]))

        parts = [*generators[depth + 1 :], element, *generator.ifs]
        loop(m, iterable, weight(*parts), each, grows=grows)

    try:
        run(0, first)
    finally:
        m.scope = outer
