"""Names, functions of the program, and calls."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from alignenv.program import limits
from alignenv.program.folds import FIRST, FOLDERS
from alignenv.program.functions import TABLE
from alignenv.program.iterating import items_of
from alignenv.program.machine import Frame, Machine
from alignenv.program.rules import Wrong
from alignenv.program.values import (
    UNKNOWN,
    Builtin,
    Cell,
    Closure,
    Dict,
    Entry,
    Method,
    Scope,
    Sym,
    Unbound,
    Unknown,
    Value,
    kind_of,
)


def lookup(m: Machine, name: str) -> Value:
    """Value of a name: innermost scope first, functions of the language last."""
    scope: Scope | None = m.scope
    while scope is not None:
        value = scope.state.get(name)
        if name in scope.state and not isinstance(value, Unbound):
            return value  # type: ignore[no-any-return]
        if name in scope.names:
            if m.code is None:
                m.fault("E024", f"`{name}` is read before it is assigned")
            raise Wrong(
                "R045",
                f"`{name}` may be read before it is assigned.",
                f"Assign `{name}` on every path, for instance before the `if` or loop.",
            )
        scope = scope.parent
    path = f"builtins.{name}"
    if path in TABLE:
        return TABLE[path]
    raise Wrong("R030", f"The name `{name}` is not defined.")


def local_names(node: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """Names that are local to a function: parameters and everything it assigns."""
    stars = (node.args.vararg, node.args.kwarg)
    names = {arg.arg for arg in (*parameters(node), *stars) if arg}
    outer: set[str] = set()
    stack: list[ast.AST] = list(node.body) if isinstance(node, ast.FunctionDef) else [node.body]
    while stack:
        part = stack.pop()
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            names.add(part.id)
        elif isinstance(part, ast.MatchAs | ast.ExceptHandler) and part.name:
            names.add(part.name)
        elif isinstance(part, ast.Nonlocal):
            outer.update(part.names)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(part.name)
            continue
        elif isinstance(part, ast.Lambda):
            continue
        elif isinstance(part, ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp):
            stack.extend(n.target for n in ast.walk(part) if isinstance(n, ast.NamedExpr))
            continue
        stack.extend(ast.iter_child_nodes(part))
    return frozenset(names - outer)


def parameters(node: ast.FunctionDef | ast.Lambda) -> list[ast.arg]:
    """All parameters of a function, in order."""
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def make_closure(m: Machine, name: str, node: ast.FunctionDef | ast.Lambda) -> Closure:
    """A function of the program in the present scope."""
    args = node.args
    positional = [*args.posonlyargs, *args.args]
    n_plain = len(positional) - len(args.defaults)
    pairs = [
        *zip(positional[n_plain:], args.defaults, strict=True),
        *((arg, d) for arg, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d),
    ]
    return Closure(name, node, m.scope, {arg.arg: m.eval(default) for arg, default in pairs})


def call(m: Machine, node: ast.Call) -> Value:
    """`function(arguments)`."""
    function = m.eval(node.func)
    line = m.line
    first = node.args[0] if node.args else None
    if isinstance(function, Builtin) and isinstance(first, ast.GeneratorExp | ast.ListComp):
        folder, given = FOLDERS.get(function.name), {k.arg for k in node.keywords}
        named = given <= ({"default"} & set(function.names))
        if folder is not None and named and len(node.args) == 1 + (folder is FIRST):
            rest = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
            return folder(m, first, *(m.eval(part) for part in rest))
    args: list[Value] = []
    for arg in node.args:
        args.extend(spread(m, arg) if isinstance(arg, ast.Starred) else [m.eval(arg)])
    kwargs: dict[str, Value] = {}
    for keyword in node.keywords:
        value = m.eval(keyword.value)
        kwargs.update({keyword.arg: value} if keyword.arg else _named(m, value))
    m.line = line
    return invoke(m, function, args, kwargs)


def _named(m: Machine, value: Value) -> dict[str, Value]:
    """Arguments by name from `**value`."""
    if isinstance(value, Unknown):
        m.lose("arguments are only known at run time")
    if not isinstance(value, Dict):
        raise Wrong("R037", f"`**` needs a dict here; this is {kind_of(value)}.")
    entries: dict[Any, Entry] = m.content(value)
    if any(entry.present is not True for entry in entries.values()):
        m.lose("the names of arguments depend on the path")
    return {str(key): entry.value for key, entry in entries.items()}


def spread(m: Machine, node: ast.Starred) -> list[Value]:
    """Elements of `*xs` in a call or a list."""
    items = items_of(m, m.eval(node.value))
    if isinstance(items.n, Sym) or items.present is not None:
        m.lose("a list of unknown length is spread")
    m.check_length(items.n)
    return [items.get(i) for i in range(items.n)]


def invoke(
    m: Machine, function: Value, args: list[Value], kwargs: Mapping[str, Value] | None = None
) -> Value:
    """Call a value."""
    kwargs = kwargs or {}
    if isinstance(function, Unknown):
        return UNKNOWN
    if isinstance(function, Closure):
        return _call_closure(m, function, args, kwargs)
    if isinstance(function, Method):
        return _call_builtin(m, function.run, [function.owner, *args], kwargs, function.name)
    if isinstance(function, Builtin):
        return _call_builtin(m, function, args, kwargs, function.name)
    message = f"{kind_of(function).capitalize()} cannot be called."
    raise Wrong("R037", message, "Remove the parentheses, or call a function.")


def _call_builtin(
    m: Machine, function: Builtin, args: list[Value], kwargs: Mapping[str, Value], name: str
) -> Value:
    shown = name.replace("builtins.", "").replace("numpy.", "np.")
    if any(isinstance(value, Unknown) for value in (*args, *kwargs.values())):
        return UNKNOWN
    unknown = [key for key in kwargs if key not in function.names and not function.open]
    if unknown:
        raise Wrong("R038", *_no_keyword(shown, unknown[0], function))
    most = len(function.names) - function.by_name
    if not function.variadic and len(args) > most:
        raise Wrong("R038", f"{shown}() takes {most} arguments, not {len(args)}.")
    if not function.variadic and any(key in function.names[: len(args)] for key in kwargs):
        raise Wrong("R038", f"{shown}() gets one argument twice.")
    missing = [n for n in function.names[len(args) : function.required] if n not in kwargs]
    if missing or len(args) + len(kwargs) < function.required:
        raise Wrong("R038", f"{shown}() needs {function.required} arguments.")
    return function.run(m, *args, **kwargs)


def _no_keyword(shown: str, keyword: str, function: Builtin) -> tuple[str, str]:
    known = ", ".join(function.names) or "none"
    if keyword in ("key", "out", "where", "axis"):
        return (
            f"{shown}() takes no `{keyword}` in this language.",
            "Write a loop instead." if keyword == "key" else f"Arguments: {known}.",
        )
    return f"{shown}() has no argument `{keyword}`.", f"Arguments: {known}."


def _call_closure(
    m: Machine, function: Closure, args: list[Value], kwargs: Mapping[str, Value]
) -> Value:
    node, line = function.node, m.line
    if any(frame.node is node for frame in m.frames):
        raise Wrong("R016", f"`{function.name}` calls itself.")
    if len(m.frames) > limits.MAX_CALL_DEPTH:
        raise Wrong("R004", f"Calls are nested more than {limits.MAX_CALL_DEPTH} deep.")
    names = m.shelf.get(node)
    if names is None:
        names = m.shelf[node] = local_names(node)
    state = bound(m, function, args, kwargs)
    cell = Cell(None, m.birth())
    join, outer = m.open(), m.scope

    def leave(value: Value) -> None:
        m.write(cell, value)
        m.jump(join)

    m.frames.append(Frame(node, leave))
    m.scope = Scope(function.scope, names, state, m.birth())
    if isinstance(node, ast.Lambda):
        m.write(cell, m.eval(node.body))
    else:
        m.execute(node.body)
    m.scope, m.line = outer, line
    m.frames.pop()
    m.close(join)
    return cell.state if m.live else UNKNOWN


def bound(
    m: Machine, function: Closure, args: list[Value], kwargs: Mapping[str, Value]
) -> dict[str, Value]:
    """Parameters of a call by name.

    Raises:
        Wrong: Too many, missing or unknown arguments.
    """
    spec = function.node.args
    positional = [arg.arg for arg in (*spec.posonlyargs, *spec.args)]
    known = [arg.arg for arg in parameters(function.node)]
    if len(args) > len(positional) and not spec.vararg:
        raise Wrong(
            "R038", f"`{function.name}` takes {len(positional)} arguments, not {len(args)}."
        )
    state: dict[str, Value] = dict(function.defaults)
    state.update(zip(positional, args, strict=False))
    extra: dict[str, Value] = {}
    for key, value in kwargs.items():
        if key in positional[: len(args)] or (key not in known and not spec.kwarg):
            raise Wrong("R038", f"`{function.name}` has no free argument `{key}`.")
        (state if key in known else extra)[key] = value
    if spec.vararg:
        state[spec.vararg.arg] = tuple(args[len(positional) :])
    if spec.kwarg:
        state[spec.kwarg.arg] = m.dict(extra)
    missing = [name for name in known if name not in state]
    if missing:
        raise Wrong("R038", f"`{function.name}` needs the argument `{missing[0]}`.")
    return state
