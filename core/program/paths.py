"""Follows the paths of a program: where they part, what each changes, where they meet.

The interpreter follows one path and needs little of this. While a program is compiled, both sides
of a condition are followed: what a side changes is noted in a journal, undone before the other
side, and joined where both meet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from alignenv.program import limits
from alignenv.program.emitter import Assign, Block, Effect, Emitter
from alignenv.program.merging import Edge, Fork, Merger, assign, flatten
from alignenv.program.values import Box, Scalar, Sym


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


class Paths:
    """The path being followed, and the constructs it is in.

    Args:
        code: Where generated code goes, None in the interpreter.

    Attributes:
        live: Whether the path is still going.
        joins: Constructs around the present place, outermost first; compiling only.
        work: Syntax nodes and elements visited so far.
    """

    def __init__(self, code: Emitter | None) -> None:
        self.code = code
        self.live = True
        self.joins: list[Join] = []
        self.work = 0
        self._target: Join | None = None
        self._journals: list[dict[Box, Any]] = []
        self._births = 0

    def tick(self, n: int = 1) -> None:
        """Count work, so that no program can keep the machine busy.

        Raises:
            TooBig: It was too much.
        """
        self.work += n
        if self.work > (limits.MAX_WORK if self.code is None else limits.MAX_STEPS):
            raise TooBig

    def birth(self) -> int:
        """Running number of a new box."""
        self._births += 1
        return self._births

    def write(self, box: Box, state: Any) -> None:
        """Replace the content of a box; open branches can undo it."""
        if self._journals:
            self._journals[-1].setdefault(box, box.state)
        box.state = state

    @property
    def n_journals(self) -> int:
        """How many journals are open."""
        return len(self._journals)

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
            self._target = target
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
            self.live |= self._target is join
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
