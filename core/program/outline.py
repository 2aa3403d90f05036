"""What a program consists of: imports, constants, functions, and the one that is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

DEFAULT_NAMES = {"np": "numpy", "numpy": "numpy", "math": "math"}
"""Modules that are there without an import."""
IGNORED_MODULES = ("typing", "__future__", "collections.abc", "typing_extensions", "numpy.typing")
"""Modules whose names occur in annotations only."""
KINDS = ("reward", "potential")


@dataclass(frozen=True)
class Outline:
    """A parsed program.

    Attributes:
        kind: `reward` or `potential`.
        main: Its function of that name.
        body: Constants and functions at top level, in order.
        names: Canonical path behind each imported name.
    """

    kind: str
    main: ast.FunctionDef
    body: tuple[ast.stmt, ...]
    names: dict[str, str]


def imported_names(tree: ast.AST) -> dict[str, tuple[str, int]]:
    """Canonical path and line of every imported name, wherever the import stands."""
    found: dict[str, tuple[str, int]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                path = alias.name if alias.asname else alias.name.partition(".")[0]
                found[alias.asname or path] = (path, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                path = f"{'.' * node.level}{node.module or ''}.{alias.name}"
                found[alias.asname or alias.name] = (path, node.lineno)
    return found


def is_main_guard(node: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":`, which is dropped."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and isinstance(node.test.left, ast.Name)
        and node.test.left.id == "__name__"
    )


def is_docstring(node: ast.stmt) -> bool:
    """Whether a statement is a string that stands alone."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def is_print(node: ast.stmt) -> bool:
    """Whether a statement is `print(...)`, which is checked and left out."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "print"
    )


def assigned_names(node: ast.stmt) -> Iterator[str]:
    """Names that a statement at top level binds, imports apart."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def is_type_alias(node: ast.stmt, imports: Mapping[str, tuple[str, int]]) -> bool:
    """Whether a statement names a type, as `Parts = Dict[str, float]` does; it is dropped."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    root: ast.AST = node.value
    generic = isinstance(root, ast.Subscript)
    while isinstance(root, ast.Subscript | ast.Attribute | ast.Call | ast.BinOp):
        root = (
            root.left
            if isinstance(root, ast.BinOp)
            else root.func
            if isinstance(root, ast.Call)
            else root.value
        )
    if not isinstance(root, ast.Name):
        return False
    imported = root.id in imports and imports[root.id][0].startswith(IGNORED_MODULES)
    return imported or (generic and root.id in ("dict", "list", "tuple", "set"))


def find_main(tree: ast.Module) -> ast.FunctionDef | None:
    """The function that gives the program its kind, `reward` before `potential`."""
    for kind in KINDS:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == kind:
                return node
    return None


def outline(tree: ast.Module, main: ast.FunctionDef) -> Outline:
    """Sort the statements of a program that obeys the static rules."""
    kept = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.FunctionDef, ast.ClassDef)
    names = {name: path for name, (path, _) in imported_names(tree).items()}
    return Outline(
        kind=main.name,
        main=main,
        body=tuple(
            node
            for node in tree.body
            if isinstance(node, kept) and not is_type_alias(node, imported_names(tree))
        ),
        names={**DEFAULT_NAMES, **names},
    )
