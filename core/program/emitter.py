"""Writes the body of the generated kernel: structured blocks of scalar assignments."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from alignenv.program import limits
from alignenv.program.values import Memory, Scalar, Sym

FUEL_GATE = " if fuel >= 0.0 else 0"
"""Ends a loop's count: no iteration once the fuel is spent."""

_NAMES = re.compile(r"\b[a-z]\d+\b")


@dataclass(slots=True)
class Assign:
    """`target = text`, without side effect; dropped when nobody reads the target."""

    target: str
    text: str


@dataclass(slots=True)
class Effect:
    """Any other line, such as `break`."""

    text: str


@dataclass(slots=True)
class Nest:
    """A header, such as `if t3:`, and its block."""

    header: str
    block: Block

    @property
    def is_empty(self) -> bool:
        """Whether the block has no line."""
        return not self.block.lines


@dataclass(slots=True, eq=False)
class Block:
    """Lines in order."""

    lines: list[Assign | Effect | Nest] = field(default_factory=list)

    def render(self, indent: int) -> Iterator[str]:
        """Python source lines; an empty block is `pass`."""
        pad = "    " * indent
        for line in self.lines:
            if isinstance(line, Assign):
                yield f"{pad}{line.target} = {line.text}"
            elif isinstance(line, Effect):
                yield pad + line.text
            else:
                yield pad + line.header
                yield from line.block.render(indent + 1)
        if not self.lines:
            yield pad + "pass"


class Emitter:
    """Grows the code of one row; `block` is where the next line goes.

    Attributes:
        head: Loads of fields, before everything else.
        body: The rest.
        constants: Content of buffer `c`.
        scratch: Size of buffer `w`.
        fuel_bound: Most loop iterations that one row can take.
        trips: Lengths of the generated loops around the next line.
        why_not: Why the program cannot be compiled, empty while it can.
    """

    def __init__(self) -> None:
        self.head = Block()
        self.body = Block()
        self.block = self.body
        self.constants: list[float] = []
        self.scratch = 0
        self.fuel_bound = 0.0
        self.trips: list[float] = []
        self.why_not = ""
        self._strings: dict[str, float] = {}
        self._counts: Counter[str] = Counter()
        self._loads: dict[tuple[str, int, bool], Sym] = {}
        self._n_lines = 0

    def string(self, text: str) -> float:
        """Number that stands for a string in the generated code."""
        return self._strings.setdefault(text, float(len(self._strings)))

    def fresh(self, letter: str) -> str:
        """A new variable name."""
        self._counts[letter] += 1
        return f"{letter}{self._counts[letter]}"

    def give_up(self, reason: str) -> None:
        """Note why there will be no compiled form; the first reason stays."""
        self.why_not = self.why_not or reason

    def add(self, line: Assign | Effect | Nest, block: Block | None = None) -> None:
        """Append a line to a block, by default the current one."""
        self._n_lines += 1
        if self._n_lines > limits.MAX_OPERATIONS:
            self.give_up(f"it unrolls to more than {limits.MAX_OPERATIONS} operations")
        else:
            (block or self.block).lines.append(line)

    def let(self, text: str, *, is_bool: bool = False) -> Sym:
        """Name the value of an expression."""
        name = self.fresh("t")
        self.add(Assign(name, text))
        return Sym(name, is_bool)

    def effect(self, text: str) -> None:
        """Append a line that is kept whether or not its names are read."""
        self.add(Effect(text))

    def nest(self, header: str) -> Block:
        """Append a nested block and return it; the current block stays."""
        block = Block()
        self.add(Nest(header, block))
        return block

    def charge(self, n: str, most: float) -> None:
        """Pay `n` loop iterations, at most `most`."""
        self.fuel_bound += most * math.prod(self.trips)
        self.effect(f"fuel -= {n}")

    def suspect(self, condition: str) -> None:
        """Let the interpreter judge the row where the condition holds."""
        self.effect(f"bad |= {condition}")

    def check(self, value: Sym) -> None:
        """Let the interpreter judge the row where the value is not finite."""
        self.effect(f"chk += {value.text} - {value.text}")

    def load(self, memory: Memory, index: int = 0, moving: str = "") -> Sym:
        """Read one element of a buffer; reads of inputs at fixed places happen once, on top."""
        place = memory.offset + index
        shift = " + ".join(part for part in (memory.moving, moving) if part)
        text = f"{place} + {shift}" if shift else str(place)
        text = (
            f"{memory.buffer}[{text}]" if memory.buffer in "cw" else f"{memory.buffer}[i, {text}]"
        )
        if memory.is_bool:
            text += " != 0.0"
        if shift or memory.buffer == "w":
            return self.let(text, is_bool=memory.is_bool)
        key = (memory.buffer, place, memory.is_bool)
        if key not in self._loads:
            name = self.fresh("x")
            self.add(Assign(name, text), self.head)
            self._loads[key] = Sym(name, memory.is_bool)
        return self._loads[key]

    def constant(self, values: tuple[float, ...]) -> Memory:
        """Put numbers into the constants buffer."""
        offset = len(self.constants)
        self.constants.extend(values)
        return Memory("c", offset)

    def allocate(self, size: int, *, is_bool: bool = False) -> Memory:
        """Scratch memory for one large array."""
        memory = Memory("w", self.scratch, is_bool=is_bool)
        self.scratch += size
        return memory

    def store(self, memory: Memory, moving: str, value: Scalar) -> None:
        """Write one element of scratch memory."""
        index = " + ".join(part for part in (str(memory.offset), memory.moving, moving) if part)
        self.effect(f"w[{index}] = {number(value)}")

    def prune(self, *, keep_fuel: bool) -> None:
        """Drop what has no effect: assignments that nobody reads, and unneeded payments."""
        blocks = [self.head, self.body]
        for block in blocks:
            blocks.extend(line.block for line in block.lines if isinstance(line, Nest))
        dropped = True
        while dropped:
            read = {name for block in blocks for n in block.lines for name in _reads(n)}
            dropped = False
            for block in blocks:
                kept = [n for n in block.lines if not isinstance(n, Assign) or n.target in read]
                if not keep_fuel:
                    kept = [n for n in kept if not _is_payment(n)]
                kept = _without_empty(kept)
                dropped |= len(kept) < len(block.lines)
                block.lines = kept


def _is_payment(line: Assign | Effect | Nest) -> bool:
    return isinstance(line, Effect) and line.text.startswith("fuel -=")


def _without_empty(lines: list[Assign | Effect | Nest]) -> list[Assign | Effect | Nest]:
    """Drop blocks that do nothing; an `if` stays while it has an `else`."""
    kept = [n for n in lines if not (isinstance(n, Nest) and n.header == "else:" and n.is_empty)]
    following = [*kept[1:], None]
    return [
        line
        for line, after in zip(kept, following, strict=False)
        if not (isinstance(line, Nest) and line.is_empty)
        or (isinstance(after, Nest) and after.header == "else:")
    ]


def _reads(line: Assign | Effect | Nest) -> list[str]:
    return _NAMES.findall(line.header if isinstance(line, Nest) else line.text)


def literal(value: float) -> str:
    """A float in the generated code."""
    if math.isnan(value):
        return "NAN"
    if math.isinf(value):
        return "INF" if value > 0 else "(-INF)"
    return repr(value) if math.copysign(1.0, value) > 0 else f"({value!r})"


def number(value: Scalar) -> str:
    """A scalar as a float64 expression."""
    if isinstance(value, Sym):
        return f"(1.0 if {value.text} else 0.0)" if value.is_bool else value.text
    return literal(float(value))


def truth(value: Scalar) -> str:
    """A truth value as a boolean expression."""
    if isinstance(value, Sym):
        return value.text if value.is_bool else f"({value.text} != 0.0)"
    return "True" if value else "False"
