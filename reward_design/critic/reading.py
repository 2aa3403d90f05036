"""What a program's text tells without running it: fields behind each component, guarded fields."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

Names = frozenset[str]


def fields_of_components(source: str, names: Iterable[str]) -> dict[str, Names]:
    """Attributes that each component's value may depend on, tests around it included.

    Args:
        source: A program that the language accepts.
        names: Names of its components.
    """
    tree = ast.parse(source)
    functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    main = functions.get("reward") or functions.get("potential")
    everything = _mentioned(tree)
    if main is None:
        return dict.fromkeys(names, everything)
    direct: dict[str, set[str]] = {}
    parts: dict[str, ast.expr] = {}
    _collect(main.body, set(), direct, parts)
    helpers = {name: _mentioned(node) for name, node in functions.items() if node is not main}
    found = {}
    for name in names:
        if name not in parts:
            found[name] = everything
            continue
        found[name] = _closure(_mentioned(parts[name]), direct, helpers)
    return found


def guarded_fields(source: str) -> Names:
    """Attributes that a test, or a function that bounds its argument, meets somewhere."""
    tree = ast.parse(source)
    tested = {n.name for n in tree.body if isinstance(n, ast.FunctionDef) and _tests_argument(n)}
    bounding = {"max", "min", "clip", "maximum", "minimum", "where"} | tested
    found: set[str] = set()
    for node in ast.walk(tree):
        is_bound = isinstance(node, ast.Call) and (
            (isinstance(node.func, ast.Name) and node.func.id in bounding)
            or (isinstance(node.func, ast.Attribute) and node.func.attr in bounding)
        )
        if isinstance(node, ast.Compare) or is_bound:
            found |= {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
            found |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return frozenset(found)


def _tests_argument(node: ast.FunctionDef) -> bool:
    """Whether a function compares one of its parameters as it is."""
    names = {argument.arg for argument in node.args.args}
    return any(
        isinstance(side, ast.Name) and side.id in names
        for part in ast.walk(node)
        if isinstance(part, ast.Compare)
        for side in (part.left, *part.comparators)
    )


def _mentioned(node: ast.AST) -> Names:
    """Attributes, and names of variables and functions."""
    attributes = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    return frozenset(attributes | {p.id for p in ast.walk(node) if isinstance(p, ast.Name)})


def _collect(
    body: Iterable[ast.stmt],
    tests: set[str],
    direct: dict[str, set[str]],
    parts: dict[str, ast.expr],
) -> None:
    """What each variable is made of, and the expression of each component that is written out."""
    for statement in body:
        if isinstance(statement, ast.If | ast.While | ast.For):
            test = statement.iter if isinstance(statement, ast.For) else statement.test
            for inner in (statement.body, statement.orelse):
                _collect(inner, tests | _mentioned(test), direct, parts)
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                _assign(target, statement.value, tests, direct, parts)
        elif isinstance(statement, ast.AugAssign | ast.AnnAssign) and statement.value is not None:
            _assign(statement.target, statement.value, tests, direct, parts)
        for part in ast.walk(statement):
            if isinstance(part, ast.Dict):
                for key, value in zip(part.keys, part.values, strict=True):
                    _keep(key, value, parts)


def _assign(
    target: ast.expr,
    value: ast.expr,
    tests: set[str],
    direct: dict[str, set[str]],
    parts: dict[str, ast.expr],
) -> None:
    for part in ast.walk(target):
        if isinstance(part, ast.Name):
            direct.setdefault(part.id, set()).update(_mentioned(value) | tests)
    if isinstance(target, ast.Subscript):
        _keep(target.slice, value, parts)


def _keep(key: ast.expr | None, value: ast.expr, parts: dict[str, ast.expr]) -> None:
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        parts.setdefault(key.value, value)


def _closure(
    seed: Names, direct: Mapping[str, Iterable[str]], helpers: Mapping[str, Names]
) -> Names:
    """Everything that names stand for, followed to the end."""
    found, waiting = set(seed), list(seed)
    while waiting:
        name = waiting.pop()
        for other in {*direct.get(name, ()), *helpers.get(name, ())} - found:
            found.add(other)
            waiting.append(other)
    return frozenset(found)
