"""Rewards of two parts with fixed magnitudes: 1 for the outcome, 0.1 for the way, signs chosen.

Li et al., "Auto MC-Reward", CVPR 2024, figure 1: a designer chooses signs, never magnitudes, so
that no dense part can outweigh the sparse one within a step.
"""

from __future__ import annotations

import ast

SPARSE, DENSE = 1.0, 0.1
"""What the two parts pay."""

_ONCE = ("sparse", "arrival", "event", "change", "fatal")
"""Beginnings of names of components that speak of an outcome; all others speak of the way."""

_GENOME = "#~ "


def with_fixed_magnitudes(source: str) -> str | None:
    """A program's components by the signs of their two sums, with what they pay fixed.

    Args:
        source: A program whose `reward` has one return, `total, {name: value}`, at its end.

    Returns:
        The program with another return; None for a program of another form.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    entry = next(
        (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "reward"), None
    )
    parts = _components(entry) if entry else None
    if entry is None or parts is None:
        return None
    sums = {"sparse": "0.0", "dense": "0.0"}
    for name, value in parts.items():
        sums["sparse" if name.startswith(_ONCE) else "dense"] += f" + ({ast.unparse(value)})"
    ending = (
        f"of_outcome, of_way = {sums['sparse']}, {sums['dense']}\n"
        f"of_outcome, of_way = {SPARSE} * np.sign(of_outcome), {DENSE} * np.sign(of_way)\n"
        'return of_outcome + of_way, {"sparse": of_outcome, "dense": of_way}'
    )
    # The value before the last line is a function's, so that it parses only inside one.
    inside = ast.parse("def f():\n" + "\n".join(f"    {line}" for line in ending.splitlines()))
    assert isinstance(inside.body[0], ast.FunctionDef), "it was written as one"
    entry.body[-1:] = inside.body[0].body
    notes = [line for line in source.splitlines() if line.startswith(_GENOME)]
    return "\n".join([ast.unparse(ast.fix_missing_locations(tree)), *notes]) + "\n"


def _components(entry: ast.FunctionDef) -> dict[str, ast.expr] | None:
    """Components by name, where the function ends in its only return and names them."""
    returns = [node for node in ast.walk(entry) if isinstance(node, ast.Return)]
    last = entry.body[-1]
    if len(returns) != 1 or not isinstance(last, ast.Return):
        return None
    if not isinstance(last.value, ast.Tuple) or len(last.value.elts) != 2:
        return None
    names = last.value.elts[1]
    if not isinstance(names, ast.Dict) or not names.keys:
        return None
    found = dict(zip(names.keys, names.values, strict=True))
    if not all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in found):
        return None
    return {str(k.value): value for k, value in found.items() if isinstance(k, ast.Constant)}
