"""Runs a program's function once: on numbers, or on symbols that become code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from alignenv.program import limits
from alignenv.program.calls import bound, local_names
from alignenv.program.expressions import EXPRESSIONS
from alignenv.program.functions import CONSTANTS, MODULES, TABLE
from alignenv.program.machine import Frame, Lost, Machine, Semantics
from alignenv.program.outline import Outline
from alignenv.program.paths import TooBig
from alignenv.program.rules import Fault, Wrong
from alignenv.program.statements import STATEMENTS
from alignenv.program.values import (
    UNKNOWN,
    Array,
    Closure,
    Dict,
    Entry,
    List,
    Memory,
    Module,
    Record,
    Scalar,
    Scope,
    Sym,
    Unknown,
    Value,
    is_scalar,
    kind_of,
)
from alignenv.spec import StateSpec

Leaf = Callable[[int, bool], Scalar]
"""Takes a column of a record and whether it is a flag; returns its value."""


@dataclass(slots=True)
class Result:
    """What a program returns on one path.

    Attributes:
        total: The reward or potential.
        components: Its parts by name.
    """

    total: Scalar
    components: dict[str, Scalar] = field(default_factory=dict)


SEMANTICS = Semantics(EXPRESSIONS, STATEMENTS)
"""The whole language."""


def module_scope(outline: Outline, machine: Machine) -> Scope:
    """Evaluate constants and define functions; what they hold can no longer change."""
    scope = Scope(None, frozenset(), _imported(outline))
    machine.scope = scope
    machine.frames.append(Frame(None, lambda _: None))
    for node in outline.body:
        try:
            machine.execute([node])
        except Wrong as wrong:
            machine.report(wrong)
        except Fault as fault:
            machine.report(Wrong("R037", f"This constant cannot be computed: {fault.message}."))
        except (TooBig, RecursionError):
            machine.report(Wrong("R004", "This constant takes too many steps."))
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                scope.state.setdefault(part.id, UNKNOWN)
    machine.frames.pop()
    _freeze(list(scope.state.values()))
    scope.frozen = "R051"
    return scope


def _imported(outline: Outline) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, path in outline.names.items():
        if path in MODULES:
            found[name] = Module(path)
        elif path in TABLE:
            found[name] = TABLE[path]
        elif path in CONSTANTS:
            found[name] = CONSTANTS[path]
    return found


def _freeze(values: list[Value]) -> None:
    seen: set[int] = set()
    while values:
        value = values.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Array | List | Dict):
            value.frozen = "R051"
        elif isinstance(value, Closure):
            values.extend(_freeze_scope(value.scope))
            values.extend(value.defaults.values())
        elif isinstance(value, Record):
            values.extend(value.fields(name) for name in value.names)
        if isinstance(value, tuple):
            values.extend(value)
        elif isinstance(value, List):
            values.extend(entry.value for entry in value.state)
        elif isinstance(value, Dict):
            values.extend(entry.value for entry in value.state.values())


def _freeze_scope(scope: Scope) -> list[Value]:
    """Keep a function that a constant holds from changing what it remembers."""
    if scope.parent is None:
        return []
    scope.frozen = "R051"
    return [*scope.state.values(), *_freeze_scope(scope.parent)]


def record(
    m: Machine, spec: StateSpec, buffer: str, leaf: Leaf, *, in_memory: bool = False
) -> Record:
    """`prev` or `state` over the columns of one row.

    Args:
        m: The machine.
        spec: Fields.
        buffer: `p` or `s`.
        leaf: Reads one column.
        in_memory: Whether large fields stay in the generated code's buffers.
    """

    def read(name: str) -> Value | None:
        if name not in spec:
            return None
        declared, start = spec[name], spec.offsets[name]
        if not declared.shape:
            return leaf(start, declared.kind == "bool")
        state: tuple[Scalar, ...] | Memory
        if in_memory and declared.size > limits.REGISTERS:
            state = Memory(buffer, start)
        else:
            state = tuple(leaf(start + i, False) for i in range(declared.size))
        made = m.array(declared.shape, state)
        made.frozen = "R050"
        return made

    return Record(buffer, read, tuple(spec.offsets))


def run_main(
    m: Machine,
    outline: Outline,
    scope: Scope,
    args: Sequence[Value],
    take: Callable[[Result], None],
) -> None:
    """Call the program's function; `take` gets the result of every path.

    Raises:
        Wrong: A path returns nothing, or something else than a reward.
    """
    node = outline.main
    function = scope.state.get(node.name)
    if not isinstance(function, Closure):
        return  # one of its defaults was refused
    join = m.open()

    def leave(value: Value) -> None:
        result = _result(m, outline.kind, value)
        if result is not None:
            take(result)
        m.jump(join)

    m.frames.append(Frame(node, leave))
    n_plain = 3 if outline.kind == "reward" else 1
    time = {"t": args[n_plain]} if len(args) > n_plain else {}
    state = bound(m, function, list(args[:n_plain]), time)
    m.scope = Scope(scope, local_names(node), state, m.birth())
    m.execute(node.body)
    if m.live:
        m.line = node.body[-1].lineno
        leave(None)
    m.close(join)
    m.frames.pop()


def _result(m: Machine, kind: str, value: Value) -> Result | None:
    try:
        return _checked(m, kind, value)
    except Wrong as wrong:
        if m.code is None:
            raise
        m.report(wrong)
    except Lost:
        if not m.problems:
            m.report(Wrong("R060", "The names of the components depend on run-time values."))
    return None


def _checked(m: Machine, kind: str, value: Value) -> Result:
    if value is None:
        raise Wrong("R017", f"Some path through `{kind}` returns nothing.")
    if kind == "potential" or not isinstance(value, tuple):
        return Result(_number(m, value, kind))
    if len(value) != 2 or not isinstance(value[1], Dict | Unknown):
        raise Wrong("R061", f"`{kind}` returns {_shown(value)}.")
    if isinstance(value[1], Unknown):
        raise Lost
    entries: dict[object, Entry] = m.content(value[1])
    components = {}
    for name, entry in entries.items():
        if not isinstance(name, str) or not name.isprintable() or not name:
            raise Wrong("R060", f"The component name {name!r} is not a plain string.")
        if len(name) > limits.MAX_NAME_CHARS:
            raise Wrong("R060", f"A component name is longer than {limits.MAX_NAME_CHARS}.")
        number = _number(m, entry.value, f"component {name!r}")
        components[name] = m.select(entry.present, number, 0.0)
    if len(components) > limits.MAX_COMPONENTS:
        raise Wrong("R060", f"There are more than {limits.MAX_COMPONENTS} components.")
    return Result(_number(m, value[0], kind), components)


def _shown(value: tuple[Value, ...]) -> str:
    return f"({', '.join(kind_of(item) for item in value)})"


def _number(m: Machine, value: Value, what: str) -> Scalar:
    if isinstance(value, Unknown):
        return Sym("NAN")
    if isinstance(value, Array) and value.size == 1:
        (value,) = m.leaves(value)
    if not is_scalar(value):
        raise Wrong("R061", f"The value of {what} must be a number; it is {kind_of(value)}.")
    return value
