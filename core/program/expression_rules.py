"""The static rules for expressions and names."""

from __future__ import annotations

import ast
import builtins

from alignenv.errors import Problem
from alignenv.program import limits
from alignenv.program.calls import local_names
from alignenv.program.calls import parameters as all_parameters
from alignenv.program.functions import CONSTANTS, MODULES, TABLE, unlisted
from alignenv.program.messages import EXPRESSION_CURES, NAME_CURES, near
from alignenv.program.outline import (
    DEFAULT_NAMES,
    IGNORED_MODULES,
    assigned_names,
    find_main,
    imported_names,
)
from alignenv.program.rules import RULES
from alignenv.spec import StateSpec

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
    ast.SetComp,
    ast.NamedExpr,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.Lambda,
    ast.Call,
)
_COMPREHENSIONS = (ast.ListComp, ast.GeneratorExp, ast.DictComp, ast.SetComp)
_PLAIN_TARGET = (ast.Name, ast.Tuple, ast.List, ast.Starred, ast.expr_context)
_NO_ARGUMENTS = ast.arguments([], [], None, [], [], None, [])


class ExpressionRules:
    """Notes every broken rule in the expressions of a program.

    Args:
        tree: The program.
        spec: Fields of the records.

    Attributes:
        problems: What was found.
        main: The function that is called, None when there is none.
        assigned: Names that are bound at top level, imports apart.
    """

    def __init__(self, tree: ast.Module, spec: StateSpec) -> None:
        self.tree = tree
        self.spec = spec
        self.problems: list[Problem] = []
        self.imports = imported_names(tree)
        self.main = find_main(tree)
        self.assigned = {name for node in tree.body for name in assigned_names(node)}
        top = ast.FunctionDef("module", _NO_ARGUMENTS, tree.body, [])
        self.module_names = local_names(top) | frozenset(self.imports) | frozenset(DEFAULT_NAMES)

    def note(self, node: ast.AST, rule: str, message: str, cure: str = "") -> None:
        """Add one problem."""
        line = getattr(node, "lineno", 0)
        self.problems.append(
            Problem(line=line, rule=rule, message=message, cure=cure or RULES[rule].cure)
        )

    def new_name(self, node: ast.AST, name: str) -> None:
        """Check a name that a function binds."""
        if name.startswith("__"):
            self.note(node, "R031", f"The name `{name}` is reserved.")
        if name in DEFAULT_NAMES:
            self.note(node, "R032", f"`{name}` is a module of the language.")
        if name == "print":
            self.note(node, "R032", "`print` is left out wherever it stands alone.")

    def _is_input(self, name: str) -> bool:
        if self.main is None or name not in [arg.arg for arg in all_parameters(self.main)]:
            return False
        return not any(
            isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
            for n in ast.walk(self.main)
        )

    def parameters(self, node: ast.FunctionDef | ast.Lambda, names: frozenset[str]) -> None:
        """Check the parameters of a function and their defaults."""
        args = node.args
        given = [*all_parameters(node), *(star for star in (args.vararg, args.kwarg) if star)]
        if len({arg.arg for arg in given}) < len(given):
            self.note(node, "R014", "A parameter occurs twice.")
        for arg in given:
            self.new_name(arg, arg.arg)
        for default in [*args.defaults, *(d for d in args.kw_defaults if d)]:
            self.expression(default, names, 0)

    def expression(self, node: ast.expr, names: frozenset[str], loops: int) -> None:
        """Check an expression.

        Args:
            node: The expression.
            names: Local names in reach.
            loops: How many loops it is in.
        """
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
            self.parameters(node, names)
            self.expression(node.body, names | local_names(node), loops)
        elif isinstance(node, _COMPREHENSIONS):
            self._comprehension(node, names, loops)
        elif isinstance(node, ast.Call):
            self._call(node, names, loops)
        elif isinstance(node, ast.NamedExpr):
            self.new_name(node, node.target.id)
            self.expression(node.value, names, loops)
        else:
            self._other(node)
            for part in _parts(node):
                self.expression(part, names, loops)

    def _other(self, node: ast.expr) -> None:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.LShift | ast.RShift):
            self.note(node, "R041", "Shifts are not in the language.", "Multiply by a power of 2.")
        if isinstance(node, ast.FormattedValue) and (node.format_spec or node.conversion != -1):
            self.note(node, "R039", "An f-string with a format is not in the language.")

    def _comprehension(
        self,
        node: ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp,
        names: frozenset[str],
        loops: int,
    ) -> None:
        depth = loops + len(node.generators)
        if depth > limits.MAX_LOOP_DEPTH:
            self.note(node, "R043", f"Loops are nested more than {limits.MAX_LOOP_DEPTH} deep.")
        inside = names
        for generator in node.generators:
            self.expression(generator.iter, inside, depth)
            if generator.is_async:
                self.note(node, "R041", "`async` is not in the language.")
            if any(not isinstance(n, _PLAIN_TARGET) for n in ast.walk(generator.target)):
                self.note(node, "R041", "A loop variable must be a plain name.")
            inside |= frozenset(n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name))
            for condition in generator.ifs:
                self.expression(condition, inside, depth)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in parts:
            self.expression(part, inside, depth)

    def _call(self, node: ast.Call, names: frozenset[str], loops: int) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            self.note(node, "R044", "`print` is a statement of its own, which is left out.")
        else:
            self.expression(node.func, names, loops)
        self.arguments(node, names, loops)

    def arguments(self, node: ast.Call, names: frozenset[str], loops: int) -> None:
        """Check the arguments of a call."""
        for keyword in node.keywords:
            self.expression(keyword.value, names, loops)
        for arg in node.args:
            self.expression(arg.value if isinstance(arg, ast.Starred) else arg, names, loops)

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
            known = [*names, *self.module_names - {"*"}]
            self.note(node, "R030", f"The name `{name}` is not defined.", near(name, known))

    def _attribute(self, node: ast.Attribute, names: frozenset[str], loops: int) -> None:
        if node.attr.startswith("_"):
            self.note(node, "R031", f"The attribute `{node.attr}` is private.")
            return
        path = self.path_of(node, names)
        if path is not None:
            self._path(node, path)
            return
        root = node.value
        if isinstance(root, ast.Name) and root.id in ("prev", "state") and root.id in names:
            if self._is_input(root.id) and node.attr not in self.spec:
                message = f"The state record has no field `{node.attr}`."
                self.note(
                    node, "R035", message, near(node.attr, self.spec.offsets, "The fields are")
                )
            return
        self.expression(node.value, names, loops)

    def path_of(self, node: ast.expr, names: frozenset[str]) -> str | None:
        """Dotted path of a chain that starts at an imported name, else None."""
        parts: list[str] = []
        value = node
        while isinstance(value, ast.Attribute):
            parts.append(value.attr)
            value = value.value
        if not isinstance(value, ast.Name) or value.id in names:
            return None
        if value.id in self.imports:
            root = self.imports[value.id][0]
        elif value.id in DEFAULT_NAMES and value.id not in self.assigned:
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


def _parts(node: ast.expr) -> list[ast.expr]:
    """Expressions inside one; `*xs` may stand in a list or tuple, not between brackets."""
    if isinstance(node, ast.Subscript):
        index = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return [node.value, *index]
    parts = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return [part.value if isinstance(part, ast.Starred) else part for part in parts]
    return parts
