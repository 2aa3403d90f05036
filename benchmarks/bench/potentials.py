"""The potential inside a reward: what a reward that pays differences would shape by.

Reference rewards pay terms such as `5.0 * (stage(state) - stage(prev))`. Their sum over an episode
depends on where it ends alone, so that `5.0 * stage(state)` is the potential behind them. As a
program of its own it shapes the sparse reward without changing which policies are optimal.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_SCALES = (ast.Mult, ast.Div)


def as_potential(source: str) -> str | None:
    """The program that defines the potential of a reward program.

    Args:
        source: A program that defines `reward(prev, action, state)`.

    Returns:
        A program that defines `potential(state)`, the sum of all terms that are paid as scaled
        differences on every step; None where there is no such term. Terms that are paid under a
        condition are left out.
    """
    module = _Renamed().visit(ast.parse(source))
    rewards = [n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == "reward"]
    if not rewards:
        return None
    nodes = [node for node in ast.walk(rewards[0]) if isinstance(node, ast.Name)]
    local = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    terms = [
        ast.unparse(ast.fix_missing_locations(term))
        for statement in rewards[0].body
        if isinstance(statement, ast.Assign)
        for term in _terms(statement.value, local)
    ]
    if not terms:
        return None
    others = [ast.unparse(node) for node in module.body if node is not rewards[0]]
    total = " + ".join(dict.fromkeys(terms))
    return "\n\n\n".join([*others, f"def potential(state):\n    return {total}"]) + "\n"


class _Renamed(ast.NodeTransformer):
    """Makes room for a function named `potential`."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name == "potential":
            node.name = "inner_potential"
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id == "potential":
            node.id = "inner_potential"
        return node


def _terms(value: ast.expr, local: set[str]) -> Iterator[ast.expr]:
    """Potentials of the differences that an expression is a sum of, over `state`."""
    if not isinstance(value, ast.BinOp):
        return
    if isinstance(value.op, ast.Sub):
        if (term := _difference(value, local)) is not None:
            yield term
    elif isinstance(value.op, ast.Add):
        yield from _terms(value.left, local)
        yield from _terms(value.right, local)
    elif isinstance(value.op, _SCALES) and not _names(value.right) & {"prev", "state", *local}:
        for term in _terms(value.left, local):
            yield ast.BinOp(term, value.op, value.right)
    elif isinstance(value.op, ast.Mult) and not _names(value.left) & {"prev", "state", *local}:
        for term in _terms(value.right, local):
            yield ast.BinOp(value.left, value.op, term)


def _difference(value: ast.BinOp, local: set[str]) -> ast.expr | None:
    """`f` of `f(state) - f(prev)`, or `-f` of `f(prev) - f(state)`."""
    left, right = _names(value.left), _names(value.right)
    if (left | right) & local:
        return None
    if "state" in left and "prev" not in left and _swapped(value.right) == ast.dump(value.left):
        return value.left
    if "prev" in left and "state" not in left and _swapped(value.left) == ast.dump(value.right):
        return ast.UnaryOp(ast.USub(), value.right)
    return None


def _names(node: ast.expr) -> set[str]:
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}


def _swapped(node: ast.expr) -> str:
    """An expression with `state` in place of `prev`, as a text to compare."""
    return ast.dump(node).replace("id='prev'", "id='state'")
