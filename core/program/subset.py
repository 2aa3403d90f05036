"""The static rules: which statements, expressions and names a program may use.

All problems of a program are collected, so that one repair can cure them together. What depends on
kinds and shapes is found afterwards, by `lowering`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from alignenv.errors import Problem
from alignenv.program import limits
from alignenv.program.calls import local_names
from alignenv.program.expression_rules import ExpressionRules
from alignenv.program.functions import TABLE
from alignenv.program.matching import PATTERNS
from alignenv.program.messages import STATEMENT_CURES
from alignenv.program.outline import (
    DEFAULT_NAMES,
    KINDS,
    assigned_names,
    is_docstring,
    is_main_guard,
    is_print,
    is_type_alias,
)
from alignenv.spec import StateSpec

_STATEMENTS = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.If,
    ast.For,
    ast.Return,
    ast.FunctionDef,
    ast.Expr,
    ast.Assert,
    ast.Raise,
    ast.ClassDef,
    ast.While,
    ast.Match,
    ast.Nonlocal,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.Import,
    ast.ImportFrom,
)
_INPUTS = ("prev", "action", "state")
_TOP_LEVEL = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.FunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Pass,
)
_CLASS_BODY = (ast.Assign, ast.AnnAssign, ast.Pass)
_BASES = ("enum.IntEnum", "enum.IntFlag", "object")


def check_subset(tree: ast.Module, spec: StateSpec) -> list[Problem]:
    """All static problems of a program, in line order, at most `MAX_PROBLEMS`."""
    checker = _Checker(tree, spec)
    checker.check()
    ordered = sorted(dict.fromkeys(checker.problems), key=lambda p: p.line)
    return ordered[: limits.MAX_PROBLEMS]


def fields_read(tree: ast.Module, spec: StateSpec) -> frozenset[str]:
    """Fields that a program can read: a superset, found from the text alone."""
    if any(isinstance(node, ast.Name) and node.id == "getattr" for node in ast.walk(tree)):
        return frozenset(spec.offsets)
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return frozenset(name for name in names if name in spec)


class _Checker(ExpressionRules):
    """Walks a program and notes every broken rule."""

    # Program ------------------------------------------------------------------------------------

    def check(self) -> None:
        """Check the whole program."""
        self._check_main()
        self._check_definitions()
        for node in self.tree.body:
            if is_main_guard(node) or is_docstring(node) or is_type_alias(node, self.imports):
                continue
            if isinstance(node, _TOP_LEVEL):
                self._statement(node, frozenset(), 0)
            elif isinstance(node, ast.AsyncFunctionDef):
                self.note(node, "R013", "An async function is not in the language.")
            else:
                kind = type(node).__name__
                self.note(node, "R012", f"`{kind}` at top level is not in the language.")

    def _check_main(self) -> None:
        if self.main is None:
            functions = [n for n in self.tree.body if isinstance(n, ast.FunctionDef)]
            node: ast.AST = functions[-1] if functions else self.tree
            found = f" `{functions[-1].name}` is something else." if functions else ""
            self.note(node, "R010", f"There is no function `reward` or `potential`.{found}")
            return
        args = self.main.args
        plain = [arg.arg for arg in (*args.posonlyargs, *args.args)]
        n_given = len(plain) - len(args.defaults)
        expected = [*_INPUTS] if self.main.name == "reward" else ["state"]
        given = plain[: len(expected)]
        extra = plain[len(expected) : n_given]
        fits = given == expected or (self.main.name == "potential" and len(given) == 1)
        if not fits or extra not in ([], ["t"]) or n_given < len(expected):
            shown = ", ".join(plain)
            signature = f"def {self.main.name}({', '.join(expected)}):"
            self.note(
                self.main,
                "R014",
                f"The parameters of `{self.main.name}` are ({shown}).",
                f"Write `{signature}`; `t`, the episode's progress 0..1, may follow.",
            )

    def _check_definitions(self) -> None:
        seen: set[str] = set()
        functions = [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)]
        if len(functions) > limits.MAX_FUNCTIONS:
            self.note(
                functions[-1], "R003", f"There are more than {limits.MAX_FUNCTIONS} functions."
            )
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef):
                if node.name in seen:
                    self.note(node, "R011", f"`{node.name}` is defined twice.")
                seen.add(node.name)
            for name in assigned_names(node):
                if f"builtins.{name}" in TABLE or name in DEFAULT_NAMES:
                    self.note(node, "R032", f"`{name}` is a name of the language.")
                elif name in KINDS and not isinstance(node, ast.FunctionDef):
                    self.note(node, "R011", f"`{name}` must be a function.")

    # Statements ---------------------------------------------------------------------------------

    def _body(self, body: Iterable[ast.stmt], names: frozenset[str], loops: int) -> None:
        for node in body:
            self._statement(node, names, loops)

    def _statement(self, node: ast.stmt, names: frozenset[str], loops: int) -> None:
        if not isinstance(node, _STATEMENTS):
            kind = type(node).__name__
            shown, cure = STATEMENT_CURES.get(kind, (kind, ""))
            self.note(node, "R040", f"`{shown}` is not in the language.", cure)
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.stmt):
                    self._statement(child, names, loops)
        elif isinstance(node, ast.FunctionDef):
            self._function(node, names)
        elif isinstance(node, ast.ClassDef):
            self._class(node, names)
        elif isinstance(node, ast.If):
            self.expression(node.test, names, loops)
            self._body(node.body, names, loops)
            self._body(node.orelse, names, loops)
        elif isinstance(node, ast.Match):
            self._match(node, names, loops)
        elif isinstance(node, ast.For | ast.While):
            self._loop(node, names, loops)
        elif not isinstance(node, ast.Raise):
            self._simple(node, names, loops)

    def _loop(self, node: ast.For | ast.While, names: frozenset[str], loops: int) -> None:
        if loops >= limits.MAX_LOOP_DEPTH:
            self.note(node, "R043", f"Loops are nested more than {limits.MAX_LOOP_DEPTH} deep.")
        if node.orelse:
            self.note(node, "R040", "`else` after a loop is not in the language.")
        if isinstance(node, ast.For):
            self.expression(node.iter, names, loops)
            self._target(node.target, names, loops)
        else:
            self.expression(node.test, names, loops)
        self._body(node.body, names, loops + 1)

    def _match(self, node: ast.Match, names: frozenset[str], loops: int) -> None:
        self.expression(node.subject, names, loops)
        for case in node.cases:
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.pattern) and not isinstance(part, PATTERNS):
                    message = "This pattern is not in the language."
                    self.note(part, "R041", message, "Match literals, or write if / elif.")
                elif isinstance(part, ast.MatchValue):
                    self.expression(part.value, names, loops)
                elif isinstance(part, ast.MatchAs) and part.name:
                    self.new_name(part, part.name)
            if case.guard:
                self.expression(case.guard, names, loops)
            self._body(case.body, names, loops)

    def _class(self, node: ast.ClassDef, names: frozenset[str]) -> None:
        if node.decorator_list:
            self.note(node, "R013", f"`{node.name}` has a decorator.")
        self.new_name(node, node.name)
        bases = [self.path_of(base, names) for base in node.bases]
        kept = [part for part in node.body if not is_docstring(part)]
        plain = all(isinstance(part, _CLASS_BODY) for part in kept)
        if node.keywords or any(base not in _BASES for base in bases) or not plain:
            shown, cure = STATEMENT_CURES["ClassDef"]
            self.note(node, "R040", f"`{shown}` with more than constants is refused.", cure)
            return
        inside = names.union(*(assigned_names(part) for part in kept))
        for part in kept:
            self._simple(part, inside, 0)

    def _simple(self, node: ast.stmt, names: frozenset[str], loops: int) -> None:
        if isinstance(node, ast.Break | ast.Continue) and not loops:
            self.note(node, "R006", "`break` and `continue` belong inside a loop.")
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            self.note(node, "R020", "A star import is not in the language.")
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._target(target, names, loops)
        if isinstance(node, ast.AnnAssign | ast.AugAssign):
            self._target(node.target, names, loops)
        if isinstance(node, ast.Expr):
            self._alone(node, names, loops)
            return
        value = node.test if isinstance(node, ast.Assert) else getattr(node, "value", None)
        if isinstance(value, ast.expr):
            self.expression(value, names, loops)

    def _alone(self, node: ast.Expr, names: frozenset[str], loops: int) -> None:
        if is_print(node) and isinstance(node.value, ast.Call):
            self.arguments(node.value, names, loops)
        elif isinstance(node.value, ast.Call | ast.NamedExpr):
            self.expression(node.value, names, loops)
        elif not isinstance(node.value, ast.Constant):
            self.note(node, "R040", "An expression that stands alone has no effect.", "Remove it.")
            self.expression(node.value, names, loops)

    def _target(self, node: ast.expr, names: frozenset[str], loops: int) -> None:
        if isinstance(node, ast.Name):
            self.new_name(node, node.id)
        elif isinstance(node, ast.Tuple | ast.List):
            for part in node.elts:
                self._target(part.value if isinstance(part, ast.Starred) else part, names, loops)
        elif isinstance(node, ast.Subscript):
            root = _root(node)
            if root in _INPUTS and root in names:
                self.note(node, "R050", f"Writing into `{root}` is not allowed.")
            self.expression(node.value, names, loops)
            self.expression(node.slice, names, loops)
        elif isinstance(node, ast.Attribute):
            rule = "R050" if _root(node) in _INPUTS else "R051"
            self.note(node, rule, "Attributes cannot be assigned.", "Use a local variable.")
        else:
            self.note(node, "R041", "This cannot be assigned to.", "Assign to plain names.")

    def _function(self, node: ast.FunctionDef, names: frozenset[str]) -> None:
        if node.decorator_list:
            self.note(node, "R013", f"`{node.name}` has a decorator.")
        if node.name.startswith("__"):
            self.note(node, "R031", f"The name `{node.name}` is reserved.")
        inside = local_names(node)
        self.parameters(node, names)
        self._body(node.body, names | inside, 0)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
