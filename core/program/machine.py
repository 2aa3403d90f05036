"""The evaluator's state, shared by both executions.

With `code=None` it interprets: every scalar is a Python number, and every condition is known. With
an `Emitter` the inputs are symbols: what is known is computed at once, what is not becomes code,
and paths are joined where they meet. One definition of the language therefore serves both.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from alignenv.errors import Problem
from alignenv.program import limits
from alignenv.program.emitter import Emitter, number, truth
from alignenv.program.merging import MERGED
from alignenv.program.paths import Paths
from alignenv.program.rules import FAULTS, RULES, Fault, Wrong
from alignenv.program.scalars import PRIMITIVES
from alignenv.program.values import (
    UNKNOWN,
    Array,
    Box,
    Cell,
    Dict,
    Entry,
    List,
    Memory,
    Picked,
    Scalar,
    Scope,
    Sym,
    Unknown,
    Value,
    is_scalar,
    kind_of,
)


class Lost(Exception):  # noqa: N818 - control flow of the compiler, never seen by users
    """The value being computed cannot be followed at compile time."""


@dataclass(slots=True)
class Frame:
    """One call in progress: where `return`, `break` and `continue` go."""

    node: ast.AST | None
    leave: Callable[[Value], None]
    loops: list[tuple[Callable[[], None], Callable[[], None]]] = field(default_factory=list)


B = TypeVar("B", List, Dict, Cell)

Shelf = dict[ast.AST, Any]
"""What is read off the text once, by syntax node."""


@dataclass(frozen=True, slots=True)
class Semantics:
    """How to evaluate each kind of expression, and execute each kind of statement."""

    expressions: Mapping[type[ast.AST], Callable[[Machine, Any], Value]]
    statements: Mapping[type[ast.AST], Callable[[Machine, Any], None]]


class Machine(Paths):
    """One evaluation of a program.

    Args:
        semantics: What each kind of syntax node means.
        code: Where generated code goes, None to interpret.
        shelf: Shared by the evaluations of one program.

    Attributes:
        line: Line being evaluated.
        scope: Variables in reach.
        fuel: Loop iterations left; interpreter only.
        problems: Rules found broken so far.
        frames: Calls in progress.
    """

    def __init__(
        self, semantics: Semantics, code: Emitter | None = None, shelf: Shelf | None = None
    ) -> None:
        super().__init__(code)
        self.semantics = semantics
        self.line = 0
        self.scope = Scope(None, frozenset(), {})
        self.fuel = limits.FUEL
        self.frames: list[Frame] = []
        self.problems: list[Problem] = []
        self.shelf: Shelf = {} if shelf is None else shelf

    # Evaluation ---------------------------------------------------------------------------------

    def eval(self, node: ast.expr) -> Value:
        """Value of an expression; `UNKNOWN` where it is wrong or cannot be followed."""
        act = self.semantics.expressions[type(node)]
        self.tick()
        if self.code is None:
            self.line = node.lineno
            return act(self, node)
        value: Value = UNKNOWN

        def follow() -> None:
            nonlocal value
            value = act(self, node)

        self._guard(self.code, node, follow)
        return value

    def execute(self, body: list[ast.stmt]) -> None:
        """Execute statements until one of them leaves."""
        for node in body:
            if not self.live:
                return
            act = self.semantics.statements[type(node)]
            self.tick()
            if self.code is None:
                self.line = node.lineno
                act(self, node)
            elif not self._guard(self.code, node, lambda a=act, n=node: a(self, n)):  # type: ignore[misc]
                for part in ast.walk(node):
                    if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                        self.set_name(part.id, UNKNOWN)

    def _guard(self, code: Emitter, node: ast.expr | ast.stmt, follow: Callable[[], None]) -> bool:
        """Evaluate a node; where that fails, go on behind it and return False."""
        line, self.line = self.line, node.lineno
        n_joins, n_journals, n_frames = len(self.joins), self.n_journals, len(self.frames)
        block, scope, live = code.block, self.scope, self.live
        try:
            follow()
            return True
        except Wrong as wrong:
            self.report(wrong)
        except Lost:
            pass
        finally:
            self.line = line
        code.block, self.scope, self.live = block, scope, live
        del self.joins[n_joins:], self.frames[n_frames:]
        self.rollback(n_journals)
        return False

    def report(self, wrong: Wrong) -> None:
        """Note a broken rule, once per place."""
        problem = Problem(line=self.line, rule=wrong.rule, message=wrong.message, cure=wrong.cure)
        if problem not in self.problems:
            self.problems.append(problem)

    # Faults -------------------------------------------------------------------------------------

    def fault(self, code: str, message: str = "") -> float:
        """A value went wrong: stop the interpreter, or mark the row in the generated code."""
        if self.code is None:
            raise Fault(code, message or f"{FAULTS[code]}")
        self.code.effect("bad = True")
        return math.nan

    def lose(self, reason: str) -> NoReturn:
        """Give up on compiling: what follows is only known at run time."""
        assert self.code is not None, "the interpreter knows every value"
        self.code.give_up(f"line {self.line}: {reason}")
        raise Lost

    def charge(self, n: Scalar) -> None:
        """Pay loop iterations before a loop starts."""
        if isinstance(n, Sym):
            assert self.code is not None
            self.code.charge(n.text, math.inf)
        elif self.code is None:
            self.fuel -= int(n)
            if self.fuel < 0:
                self.fault("E001", f"more than {limits.FUEL} loop iterations in one call")
        else:
            self.code.charge(repr(float(n)), float(n))

    # Scalars ------------------------------------------------------------------------------------

    def op(self, name: str, *args: Value) -> Scalar:
        """Apply one scalar operation."""
        self.tick()
        primitive = PRIMITIVES[name]
        for arg in args:
            if not is_scalar(arg):
                self.not_a_number(arg)
        if not any(isinstance(arg, Sym) for arg in args):
            return self._fold(name, args)
        assert self.code is not None
        spell = truth if primitive.takes_bool else self._atom
        texts = [spell(arg) for arg in args]  # type: ignore[arg-type]
        if primitive.suspect:
            self.code.suspect(primitive.suspect.format(*texts))
        value = self.code.let(primitive.text.format(*texts), is_bool=primitive.gives_bool)
        if primitive.checked and not _is_safe(name, args):
            self.code.check(value)
        return value

    def _fold(self, name: str, args: tuple[Any, ...]) -> Scalar:
        primitive = PRIMITIVES[name]
        convert = bool if primitive.takes_bool else float
        try:
            return primitive.fold(*map(convert, args))
        except ZeroDivisionError:
            return self.fault("E010")
        except OverflowError:
            return self.fault("E012", f"{name} overflows")
        except ValueError:
            shown = ", ".join(f"{float(arg):.6g}" for arg in args)
            return self.fault("E011", f"{name}({shown}) is outside the domain")

    def _atom(self, value: Scalar) -> str:
        if isinstance(value, Sym) and value.is_bool:
            assert self.code is not None
            return self.code.let(number(value)).text
        return number(value)

    def not_a_number(self, value: Value) -> NoReturn:
        """Refuse a value where a number is needed."""
        if isinstance(value, Unknown):
            raise Lost
        if isinstance(value, Picked):
            self.lose("elements are picked by a condition")
        raise Wrong("R037", f"A number is needed here; this is {kind_of(value)}.")

    def select(self, condition: Scalar, yes: Scalar, no: Scalar) -> Scalar:
        """`yes if condition else no`, both already computed."""
        if not isinstance(condition, Sym):
            return yes if condition else no
        assert self.code is not None
        both = [v.is_bool if isinstance(v, Sym) else isinstance(v, bool) for v in (yes, no)]
        spell = truth if all(both) else number
        text = f"{spell(yes)} if {truth(condition)} else {spell(no)}"
        return self.code.let(text, is_bool=all(both))

    def truth(self, value: Value) -> Scalar:
        """Truth value, as `if` takes it."""
        if isinstance(value, Sym):
            return value if value.is_bool else self.op("ne", value, 0.0)
        if isinstance(value, Unknown):
            return Sym("False", is_bool=True)
        if isinstance(value, Picked):
            self.lose("the truth of elements picked by a condition")
        if isinstance(value, Array):
            if value.size != 1:
                raise Wrong(
                    "R037",
                    f"The truth of {kind_of(value)} is not defined.",
                    "Use np.all(...), np.any(...) or np.array_equal(a, b).",
                )
            return self.truth(self.leaves(value)[0])
        if isinstance(value, List | Dict):
            entries = self.content(value)
            entries = entries.values() if isinstance(entries, dict) else entries
            found: Scalar = False
            for entry in entries:
                found = self.op("or", found, entry.present)
            return found
        return bool(value)

    # Boxes --------------------------------------------------------------------------------------

    def check_length(self, n: int) -> None:
        """Fault on a list or dict that grows too long."""
        self.tick(1 + n // 32)
        if n > limits.MAX_ITEMS:
            message = f"a list has more than {limits.MAX_ITEMS} items"
            if self.code is None:
                self.fault("E001", message)
            raise Wrong("R004", f"{message.capitalize()}.")

    def box(self, kind: type[B], state: Any) -> B:
        """A new list, dict or cell with the given content."""
        return kind(state, self.birth())

    def array(self, shape: tuple[int, ...], state: tuple[Scalar, ...] | Memory) -> Array:
        """A new array."""
        if not isinstance(state, Memory) and len(state) > limits.MAX_ITEMS:
            raise Wrong("R004", f"An array of {len(state)} elements is too large.")
        return Array(shape, state, self.birth())

    def list(self, values: list[Value]) -> List:
        """A new list."""
        self.check_length(len(values))
        return List(tuple(Entry(value) for value in values), self.birth())

    def dict(self, values: Mapping[Any, Value]) -> Dict:
        """A new dict."""
        return Dict({key: Entry(value) for key, value in values.items()}, self.birth())

    def content(self, box: Box) -> Any:
        """Present content of a box."""
        if isinstance(box.state, Unknown):
            raise Lost
        return box.state

    def leaves(self, array: Array) -> tuple[Scalar, ...]:
        """Elements of an array, row by row."""
        state = self.content(array)
        if not isinstance(state, Memory):
            return state  # type: ignore[no-any-return]
        assert self.code is not None
        return tuple(self.code.load(state, i) for i in range(array.size))

    def set_name(self, name: str, value: Value) -> None:
        """Bind a variable, in the scope that it is local to.

        Raises:
            Wrong: That scope outlives the call.
        """
        scope = self.scope
        while name not in scope.names and scope.parent is not None:
            scope = scope.parent
        if scope.frozen:
            raise Wrong(scope.frozen, f"`{name}` would be kept between calls.")
        if self.code is None:
            scope.state[name] = value
        else:
            self.write(scope, {**scope.state, name: value})

    def change(self, box: Box, state: Any) -> None:
        """Replace the content of a box on the program's behalf.

        Raises:
            Wrong: The box belongs to an input or to a module constant.
        """
        if box.frozen == MERGED:
            self.lose("a value chosen by a condition is changed afterwards")
        if box.frozen:
            raise Wrong(box.frozen, f"{RULES[box.frozen].title.capitalize()} is not allowed.")
        self.write(box, state)


def _is_safe(name: str, args: tuple[Value, ...]) -> bool:
    """Whether an operation cannot fault: division by a number that is not small."""
    return name == "div" and not isinstance(args[1], Sym) and abs(float(args[1])) >= 1.0  # type: ignore[arg-type]
