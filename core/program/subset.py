"""The static rules: which statements, expressions and names a program may use.

All problems of a program are collected, so that one repair can cure them together. What depends on
kinds and shapes is found afterwards, by `lowering`.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from alignenv.errors import Problem
from alignenv.program import limits
from alignenv.program.calls import local_names, parameters
from alignenv.program.functions import CONSTANTS, MODULES, TABLE, unlisted
from alignenv.program.messages import EXPRESSION_CURES, NAME_CURES, STATEMENT_CURES, near
from alignenv.program.outline import (
    DEFAULT_NAMES,
    IGNORED_MODULES,
    KINDS,
    find_main,
    imported_names,
    is_docstring,
    is_main_guard,
)
from alignenv.program.rules import RULES
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
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.Import,
    ast.ImportFrom,
)
_EXPRESSIONS = (
    ast.Constant,
    ast.Name,
    ast.UnaryOp,
    ast.BinOp,
    ast.BoolOp,
    ast.IfExp,
    ast.Compare,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.Tuple,
    ast.List,
    ast.Set,
    ast.Dict,
    ast.ListComp,
    ast.GeneratorExp,
    ast.DictComp,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.Lambda,
    ast.Call,
)
_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.DictComp)
_INPUTS = ("prev", "action", "state")
_TOP_LEVEL = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.FunctionDef,
    ast.Import,
    ast.ImportFrom,
    ast.Pass,
)


def check_subset(tree: ast.Module, spec: StateSpec) -> list[Problem]:
    """All static problems of a program, in line order, at most `MAX_PROBLEMS`."""
    checker = _Checker(tree, spec)
    checker.check()
    ordered = sorted(dict.fromkeys(checker.problems), key=lambda p: p.line)
    return ordered[: limits.MAX_PROBLEMS]


def fields_read(tree: ast.Module, spec: StateSpec) -> frozenset[str]:
    """Fields that a program can read: a superset, found from the text alone."""
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return frozenset(name for name in names if name in spec)


class _Checker:
    """Walks a tree and notes every broken rule."""

    def __init__(self, tree: ast.Module, spec: StateSpec) -> None:
        self.tree = tree
        self.spec = spec
        self.problems: list[Problem] = []
        self.imports = imported_names(tree)
        self.main = find_main(tree)
        top = ast.FunctionDef("module", _NO_ARGUMENTS, tree.body, [])
        self.module_names = local_names(top) | frozenset(self.imports) | frozenset(DEFAULT_NAMES)

    def note(self, node: ast.AST, rule: str, message: str, cure: str = "") -> None:
        """Add one problem."""
        line = getattr(node, "lineno", 0)
        self.problems.append(
            Problem(line=line, rule=rule, message=message, cure=cure or RULES[rule].cure)
        )

    # Program ------------------------------------------------------------------------------------

    def check(self) -> None:
        """Check the whole program."""
        self._check_main()
        self._check_definitions()
        for node in self.tree.body:
            if is_main_guard(node) or is_docstring(node):
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
            for name in _assigned(node):
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
        elif isinstance(node, ast.If):
            self._expression(node.test, names, loops)
            self._body(node.body, names, loops)
            self._body(node.orelse, names, loops)
        elif isinstance(node, ast.For):
            self._loop(node, names, loops)
        else:
            self._simple(node, names, loops)

    def _loop(self, node: ast.For, names: frozenset[str], loops: int) -> None:
        if loops >= limits.MAX_LOOP_DEPTH:
            self.note(node, "R043", f"Loops are nested more than {limits.MAX_LOOP_DEPTH} deep.")
        if node.orelse:
            self.note(node, "R040", "`else` after a loop is not in the language.")
        self._expression(node.iter, names, loops)
        self._target(node.target, names, loops)
        self._body(node.body, names, loops + 1)

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
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Call | ast.Constant):
            self.note(node, "R040", "An expression that stands alone has no effect.", "Remove it.")
        value = getattr(node, "value", None)
        if isinstance(value, ast.expr) and not (
            isinstance(node, ast.Expr) and isinstance(value, ast.Constant)
        ):
            self._expression(value, names, loops)

    def _target(self, node: ast.expr, names: frozenset[str], loops: int) -> None:
        if isinstance(node, ast.Name):
            self._new_name(node, node.id, names)
        elif isinstance(node, ast.Tuple | ast.List):
            for part in node.elts:
                self._target(part, names, loops)
        elif isinstance(node, ast.Subscript):
            root = _root(node)
            if root in _INPUTS and root in names:
                self.note(node, "R050", f"Writing into `{root}` is not allowed.")
            self._expression(node.value, names, loops)
            self._expression(node.slice, names, loops)
        elif isinstance(node, ast.Attribute):
            rule = "R050" if _root(node) in _INPUTS else "R051"
            self.note(node, rule, "Attributes cannot be assigned.", "Use a local variable.")
        else:
            self.note(node, "R041", "This cannot be assigned to.", "Assign to plain names.")

    def _new_name(self, node: ast.AST, name: str, names: frozenset[str]) -> None:
        if name.startswith("__"):
            self.note(node, "R031", f"The name `{name}` is reserved.")
        if name in DEFAULT_NAMES and names:
            self.note(node, "R032", f"`{name}` is a module of the language.")

    def _is_input(self, name: str) -> bool:
        if self.main is None or name not in [arg.arg for arg in parameters(self.main)]:
            return False
        return not any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
            for n in ast.walk(self.main)
        )

    def _function(self, node: ast.FunctionDef, names: frozenset[str]) -> None:
        if node.decorator_list:
            self.note(node, "R013", f"`{node.name}` has a decorator.")
        if node.name.startswith("__"):
            self.note(node, "R031", f"The name `{node.name}` is reserved.")
        inside = local_names(node)
        self._parameters(node, names)
        self._body(node.body, names | inside, 0)

    def _parameters(self, node: ast.FunctionDef | ast.Lambda, names: frozenset[str]) -> None:
        args = node.args
        if args.vararg or args.kwarg:
            self.note(node, "R014", "Star parameters are not in the language.")
        given = [arg.arg for arg in parameters(node)]
        if len(set(given)) < len(given):
            self.note(node, "R014", "A parameter occurs twice.")
        for arg in parameters(node):
            self._new_name(arg, arg.arg, frozenset({"parameter"}))
        for default in [*args.defaults, *(d for d in args.kw_defaults if d)]:
            if any(isinstance(n, _NOT_CONSTANT) for n in ast.walk(default)):
                self.note(default, "R015", "A default must be a constant.")
            else:
                self._expression(default, names, 0)

    # Expressions --------------------------------------------------------------------------------

    def _expression(self, node: ast.expr, names: frozenset[str], loops: int) -> None:
        if not isinstance(node, _EXPRESSIONS):
            kind = type(node).__name__
            shown, cure = EXPRESSION_CURES.get(kind, (kind, ""))
            self.note(node, "R041", f"{shown} is not in the language.", cure)
        elif isinstance(node, ast.Name):
            self._name(node, names)
        elif isinstance(node, ast.Attribute):
            self._attribute(node, names, loops)
        elif isinstance(node, ast.Constant):
            self._constant(node)
        elif isinstance(node, ast.Lambda):
            self._parameters(node, names)
            self._expression(node.body, names | local_names(node), loops)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node, names, loops)
        elif isinstance(node, ast.Call):
            self._call(node, names, loops)
        else:
            self._other(node)
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self._expression(child, names, loops)

    def _other(self, node: ast.expr) -> None:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.LShift | ast.RShift):
            self.note(node, "R041", "Shifts are not in the language.", "Multiply by a power of 2.")
        if isinstance(node, ast.FormattedValue) and (node.format_spec or node.conversion != -1):
            self.note(node, "R039", "An f-string with a format is not in the language.")

    def _comprehension(
        self,
        node: ast.ListComp | ast.GeneratorExp | ast.DictComp,
        names: frozenset[str],
        loops: int,
    ) -> None:
        depth = loops + len(node.generators)
        if depth > limits.MAX_LOOP_DEPTH:
            self.note(node, "R043", f"Loops are nested more than {limits.MAX_LOOP_DEPTH} deep.")
        inside = names
        for generator in node.generators:
            self._expression(generator.iter, inside, depth)
            if generator.is_async:
                self.note(node, "R041", "`async` is not in the language.")
            if any(not isinstance(n, _PLAIN_TARGET) for n in ast.walk(generator.target)):
                self.note(node, "R041", "A loop variable must be a plain name.")
            inside |= frozenset(_names_in(generator.target))
            for condition in generator.ifs:
                self._expression(condition, inside, depth)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in parts:
            self._expression(part, inside, depth)

    def _call(self, node: ast.Call, names: frozenset[str], loops: int) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            self.note(node, "R044", "`print` is not in the language.")
        else:
            self._expression(node.func, names, loops)
        for keyword in node.keywords:
            if keyword.arg is None:
                self.note(node, "R041", "`**` in a call is not in the language.")
            self._expression(keyword.value, names, loops)
        for arg in node.args:
            self._expression(arg, names, loops)

    def _constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bytes | complex):
            self.note(node, "R041", f"A {type(value).__name__} literal is not in the language.")
        elif isinstance(value, int) and abs(value) > limits.MAX_WHOLE:
            self.note(node, "R005", "The number is larger than 2**53.", "Write it as 1e20.")
        elif isinstance(value, str) and len(value) > limits.MAX_TEXT_CHARS:
            self.note(node, "R005", f"The string is longer than {limits.MAX_TEXT_CHARS}.")

    def _name(self, node: ast.Name, names: frozenset[str]) -> None:
        name = node.id
        if name in names:
            return
        if name in self.imports:
            self._path(node, self.imports[name][0])
        elif name.startswith("__"):
            self.note(node, "R031", f"The name `{name}` is reserved.")
        elif name in self.module_names or f"builtins.{name}" in TABLE:
            return
        elif name in NAME_CURES:
            self.note(node, "R030", f"The name `{name}` is not defined.", NAME_CURES[name])
        elif hasattr(builtins, name):
            self.note(node, "R034", *unlisted(f"builtins.{name}"))
        else:
            known = [*names, *self.module_names, *_INPUTS]
            self.note(node, "R030", f"The name `{name}` is not defined.", near(name, known))

    def _attribute(self, node: ast.Attribute, names: frozenset[str], loops: int) -> None:
        if node.attr.startswith("_"):
            self.note(node, "R031", f"The attribute `{node.attr}` is private.")
        path = self._canonical(node, names)
        if path is not None:
            self._path(node, path)
            return
        root = node.value
        if isinstance(root, ast.Name) and root.id in ("prev", "state") and root.id in names:
            if self._is_input(root.id) and node.attr not in self.spec:
                fields = list(self.spec.offsets)
                self.note(
                    node,
                    "R035",
                    f"The state record has no field `{node.attr}`.",
                    near(node.attr, fields, "The fields are"),
                )
            return
        self._expression(node.value, names, loops)

    def _canonical(self, node: ast.Attribute, names: frozenset[str]) -> str | None:
        """Dotted path of a chain that starts at a module, else None."""
        parts = [node.attr]
        value = node.value
        while isinstance(value, ast.Attribute):
            parts.append(value.attr)
            value = value.value
        if not isinstance(value, ast.Name) or value.id in names:
            return None
        if value.id in self.imports:
            root = self.imports[value.id][0]
        elif value.id in DEFAULT_NAMES and value.id not in _assigned_names(self.tree):
            root = DEFAULT_NAMES[value.id]
        else:
            return None
        return ".".join([root, *reversed(parts)])

    def _path(self, node: ast.AST, path: str) -> None:
        if path in MODULES or path in TABLE or path in CONSTANTS:
            return
        module = path.partition(".")[0]
        if module in ("numpy", "math") and not path.startswith(IGNORED_MODULES):
            self.note(node, "R034", *unlisted(path))
        else:
            self.note(node, "R020", f"`{path}` belongs to another module.")


_NO_ARGUMENTS = ast.arguments([], [], None, [], [], None, [])
_NOT_CONSTANT = (ast.Call, ast.List, ast.Dict, ast.Lambda, *_COMPREHENSIONS)
_PLAIN_TARGET = (ast.Name, ast.Tuple, ast.List, ast.expr_context)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _names_in(node: ast.AST) -> Iterator[str]:
    return (n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def _assigned(node: ast.stmt) -> Iterator[str]:
    """Names that a statement at top level binds, imports apart."""
    if isinstance(node, ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from _names_in(target)


def _assigned_names(tree: ast.Module) -> set[str]:
    return {name for node in tree.body for name in _assigned(node)}
