"""`match` on literals, alternatives, fixed sequences and names."""

from __future__ import annotations

import ast

from alignenv.program.equality import equal
from alignenv.program.iterating import items_of
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import Array, List, Scalar, Value

PATTERNS = (ast.MatchValue, ast.MatchSingleton, ast.MatchOr, ast.MatchAs, ast.MatchSequence)
"""Kinds of patterns that the language has."""


def match(m: Machine, node: ast.Match) -> None:
    """`match subject:`; the first case that fits is executed."""
    subject = m.eval(node.subject)

    def attempt(i: int) -> None:
        if i == len(node.cases):
            return
        case = node.cases[i]

        def fits() -> None:
            _bind(m, case.pattern, subject)
            if case.guard is None:
                m.execute(case.body)
            else:
                test = m.truth(m.eval(case.guard))
                m.branch(test, lambda: m.execute(case.body), lambda: attempt(i + 1))

        m.branch(_fits(m, case.pattern, subject), fits, lambda: attempt(i + 1))

    attempt(0)


def _fits(m: Machine, pattern: ast.pattern, value: Value) -> Scalar:
    if isinstance(pattern, ast.MatchValue):
        return equal(m, value, m.eval(pattern.value))
    if isinstance(pattern, ast.MatchSingleton):
        return equal(m, value, pattern.value)
    if isinstance(pattern, ast.MatchOr):
        found: Scalar = False
        for option in pattern.patterns:
            found = m.op("or", found, _fits(m, option, value))
        return found
    if isinstance(pattern, ast.MatchAs):
        return True if pattern.pattern is None else _fits(m, pattern.pattern, value)
    if isinstance(pattern, ast.MatchSequence):
        return _all_fit(m, pattern.patterns, value)
    raise Wrong("R041", "This pattern is not in the language.", "Match literals, or write if.")


def _all_fit(m: Machine, patterns: list[ast.pattern], value: Value) -> Scalar:
    parts = _parts(m, value)
    if len(parts) != len(patterns):
        return False
    fits: Scalar = True
    for pattern, part in zip(patterns, parts, strict=True):
        fits = m.op("and", fits, _fits(m, pattern, part))
    return fits


def _parts(m: Machine, value: Value) -> list[Value]:
    if not isinstance(value, tuple | List):
        what = "an array" if isinstance(value, Array) else "this value"
        raise Wrong("R037", f"A sequence pattern does not fit {what}.", "Match a tuple.")
    items = items_of(m, value)
    if not isinstance(items.n, int) or items.present is not None:
        m.lose("a list of unknown length is matched")
    return [items.get(i) for i in range(items.n)]


def _bind(m: Machine, pattern: ast.pattern, value: Value) -> None:
    if isinstance(pattern, ast.MatchAs):
        if pattern.pattern is not None:
            _bind(m, pattern.pattern, value)
        if pattern.name is not None:
            m.set_name(pattern.name, value)
    elif isinstance(pattern, ast.MatchSequence):
        for part, item in zip(pattern.patterns, _parts(m, value), strict=True):
            _bind(m, part, item)
