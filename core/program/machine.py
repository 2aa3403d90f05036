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
from typing import Any, NoReturn

from alignenv.errors import Problem
from alignenv.program import limits
from alignenv.program.emitter import Assign, Block, Effect, Emitter, number, truth
from alignenv.program.merging import MERGED, Edge, Fork, Merger, assign, flatten
from alignenv.program.rules import FAULTS, RULES, Fault, Wrong
from alignenv.program.scalars import PRIMITIVES
from alignenv.program.values import (
    UNKNOWN,
    Array,
    Box,
    Dict,
    Entry,
    List,
    Memory,
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


class TooBig(Exception):  # noqa: N818 - control flow of the checker, never seen by users
    """The program takes too many steps to check."""


@dataclass(slots=True, eq=False)
class Join:
    """A place where paths meet: the end of an `if`, of a call, of an iteration.

    Attributes:
        depth: Journals that were open before it.
        born: Boxes born later exist inside only.
        block: Block it was opened in, None in the interpreter.
        start: Lines of that block before it.
        edges: Paths that arrived.
        passed: Whether some path falls through its end on the way to an outer join.
        fork: The two blocks, where it ends an `if`.
    """

    depth: int
    born: int
    block: Block | None
    start: int
    edges: list[Edge] = field(default_factory=list)
    passed: bool = False
    fork: Fork | None = None


@dataclass(slots=True, eq=False)
class LoopJoin(Join):
    """A generated loop; paths leave it by `break`, `continue` or at the end of its body.

    Attributes:
        escape: Flag that a path set before it left for an outer join; empty while none does.
        stops: Whether such a path ends just behind this loop.
        outer: The next loop that such a path leaves as well.
    """

    escape: str = ""
    stops: bool = False
    outer: LoopJoin | None = None


@dataclass(slots=True)
class Frame:
    """One call in progress: where `return`, `break` and `continue` go."""

    node: ast.AST | None
    leave: Callable[[Value], None]
    loops: list[tuple[Callable[[], None], Callable[[], None]]] = field(default_factory=list)


Evaluators = Mapping[type[ast.AST], Callable[..., Any]]


class Machine:
    """One evaluation of a program.

    Args:
        expressions: How to evaluate each kind of expression node.
        statements: How to execute each kind of statement node.
        code: Where generated code goes, None to interpret.

    Attributes:
        line: Line being evaluated.
        scope: Variables in reach.
        live: Whether the path being followed is still going.
        problems: Rules found broken so far.
        frames: Calls in progress.
        work: Syntax nodes and elements visited so far.
        shelf: What both executions precompute from the text, by syntax node.
    """

    def __init__(
        self, expressions: Evaluators, statements: Evaluators, code: Emitter | None = None
    ) -> None:
        self.expressions = expressions
        self.statements = statements
        self.code = code
        self.line = 0
        self.scope = Scope(None, frozenset(), {})
        self.live = True
        self.fuel = limits.FUEL
        self.target: Join | None = None
        self.joins: list[Join] = []
        self.frames: list[Frame] = []
        self.problems: list[Problem] = []
        self.shelf: dict[ast.AST, Any] = {}
        self._journals: list[dict[Box, Any]] = []
        self._births = 0
        self.work = 0

    # Evaluation ---------------------------------------------------------------------------------

    def eval(self, node: ast.expr) -> Value:
        """Value of an expression; `UNKNOWN` where it is wrong or cannot be followed."""
        if self.code is None:
            self.tick()
            self.line = node.lineno
            return self.expressions[type(node)](self, node)  # type: ignore[no-any-return]
        return self._guarded(self.expressions, node)  # type: ignore[no-any-return]

    def execute(self, body: list[ast.stmt]) -> None:
        """Execute statements until one of them leaves."""
        for node in body:
            if not self.live:
                return
            if self.code is None:
                self.line = node.lineno
                self.statements[type(node)](self, node)
            else:
                self._guarded(self.statements, node)

    def _guarded(self, table: Evaluators, node: ast.expr | ast.stmt) -> Any:
        assert self.code is not None
        self.tick()
        line, self.line = self.line, node.lineno
        mark = (len(self.joins), len(self._journals), self.code.block, self.scope, self.live)
        n_frames = len(self.frames)
        try:
            return table[type(node)](self, node)
        except Wrong as wrong:
            self.report(wrong)
        except Lost:
            pass
        finally:
            self.line = line
        n_joins, n_journals, self.code.block, self.scope, self.live = mark
        del self.joins[n_joins:], self.frames[n_frames:]
        self.rollback(n_journals)
        if isinstance(node, ast.stmt):
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    self.set_name(part.id, UNKNOWN)
        return UNKNOWN

    def report(self, wrong: Wrong) -> None:
        """Note a broken rule, once per place."""
        problem = Problem(line=self.line, rule=wrong.rule, message=wrong.message, cure=wrong.cure)
        if problem not in self.problems:
            self.problems.append(problem)

    def tick(self, n: int = 1) -> None:
        """Count work, so that no program can keep the machine busy."""
        self.work += n
        if self.code is not None and self.work > limits.MAX_STEPS:
            raise TooBig
        if self.work > limits.MAX_WORK:
            self.fault("E001", "too much work in one call")

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

    def birth(self) -> int:
        """Running number of a new box."""
        self._births += 1
        return self._births

    def array(self, shape: tuple[int, ...], state: tuple[Scalar, ...] | Memory) -> Array:
        """A new array."""
        if not isinstance(state, Memory) and len(state) > limits.MAX_ITEMS:
            raise Wrong("R004", f"An array of {len(state)} elements is too large.")
        return Array(shape, state, self.birth())

    def list(self, values: list[Value]) -> List:
        """A new list."""
        if len(values) > limits.MAX_ITEMS:
            raise Wrong("R004", f"A list of {len(values)} items is too long.")
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

    def write(self, box: Box, state: Any) -> None:
        """Replace the content of a box; open branches can undo it."""
        if self._journals:
            self._journals[-1].setdefault(box, box.state)
        box.state = state

    def set_name(self, name: str, value: Value) -> None:
        """Bind a variable of the present scope."""
        if self.code is None:
            self.scope.state[name] = value
        else:
            self.write(self.scope, {**self.scope.state, name: value})

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

    # Paths --------------------------------------------------------------------------------------

    def open(self, kind: type[Join] = Join) -> Join:
        """Begin a construct whose paths will meet."""
        block = self.code.block if self.code else None
        join = kind(len(self._journals), self.birth(), block, len(block.lines) if block else 0)
        if self.code:
            self._journals.append({})
            self.joins.append(join)
        return join

    def edge(self, join: Join, *tail: str) -> None:
        """Let the present path arrive at a join."""
        assert self.code is not None
        changes = {box: box.state for journal in self._journals[join.depth :] for box in journal}
        join.edges.append(Edge(self.code.block, changes, tail))

    def rollback(self, depth: int) -> None:
        """Undo what happened since a construct was opened."""
        while len(self._journals) > depth:
            for box, state in self._journals.pop().items():
                box.state = state

    def jump(self, target: Join, *tail: str) -> None:
        """Leave for an outer join; nothing follows on this path."""
        self.live = False
        if self.code is None:
            self.target = target
            return
        inner = self.joins[self.joins.index(target) + 1 :]
        loops = [join for join in inner if isinstance(join, LoopJoin)]
        if loops:
            flags = []
            for outer, loop in zip([None, *loops], loops, strict=False):
                loop.escape = loop.escape or self.code.fresh("e")
                loop.stops |= outer is None
                loop.outer = outer or loop.outer
                flags.append(f"{loop.escape} = True")
            inner = inner[: inner.index(loops[0])]
            tail = (*flags, "break")
        for join in inner:
            join.passed |= tail not in (("break",), ("continue",))
        self.edge(target, *tail)

    def close(self, join: Join) -> None:
        """Go on where the paths of a construct meet."""
        if self.code is None:
            self.live |= self.target is join
            return
        if self.live:
            self.edge(join)
        self.rollback(join.depth)
        self.joins.pop()
        assert join.block is not None
        self.code.block = join.block
        self.live = bool(join.edges)
        if len(join.edges) == 1 and not join.edges[0].tail:
            (edge,) = join.edges
            for box, state in edge.changes.items():
                self.write(box, state)
            self.code.block = edge.block
        elif join.edges:
            self._merge(join, self.code, join.block)

    def _merge(self, join: Join, code: Emitter, block: Block) -> None:
        merger = Merger(code, join.edges, join.born, self.tick)
        contents = [(box, merger.content(box)) for box in merger.changed()]
        for box, content in contents:
            self.write(box, content)
        if join.fork and flatten(join.fork, block, join.edges, merger.phis):
            return
        go = code.fresh("g") if join.passed else ""
        for i, edge in enumerate(join.edges):
            assign(code, merger.phis, i, edge.block)
            if go:
                code.add(Assign(go, "True"), edge.block)
            for line in edge.tail:
                code.add(Effect(line), edge.block)
        if go:
            block.lines.insert(join.start, Assign(go, "False"))
            code.block = code.nest(f"if {go}:")

    def branch(
        self, condition: Scalar, yes: Callable[[], None], no: Callable[[], None] | None = None
    ) -> None:
        """Follow one path, or both where the condition is known at run time only."""
        if not isinstance(condition, Sym):
            if condition:
                yes()
            elif no is not None:
                no()
            return
        assert self.code is not None
        join = self.open()
        fork = Fork(
            condition.text, self.code.nest(f"if {condition.text}:"), self.code.nest("else:")
        )
        join.fork = fork
        for block, act in ((fork.yes, yes), (fork.no, no)):
            self.code.block, self.live = block, True
            self._journals.append({})
            if act is not None:
                act()
            if self.live:
                self.edge(join)
            self.rollback(join.depth + 1)
        self.live = False
        self.close(join)


def _is_safe(name: str, args: tuple[Value, ...]) -> bool:
    """Whether an operation cannot fault: division by a number that is not small."""
    return name == "div" and not isinstance(args[1], Sym) and abs(float(args[1])) >= 1.0  # type: ignore[arg-type]
