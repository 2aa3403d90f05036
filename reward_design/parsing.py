"""From a model's reply to a program text, or to the typed reason why there is none.

Fences are found line by line and code is judged by `ast`, so that prose, several blocks and
helper functions are handled by structure. Nothing of the reply runs.
"""

from __future__ import annotations

import ast
import builtins
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from alignenv.reward_design.text import plain
from alignenv.types import Failure, FailureKind

ENTRIES = ("reward", "potential")
"""Functions a program may define as its entry."""

MAX_REPLY = 100_000
"""Longest reply that is looked at, in characters."""

_NOTE = 200
_MAX_UNFENCED = 20_000
_MAX_STARTS, _MAX_ENDS = 10, 30
_FENCES = ("```", "~~~")
_IGNORED = frozenset(dir(builtins)) | {"np", "numpy", "math"}


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """A program found in a reply.

    Attributes:
        source: Program text.
        note: What the coder said about it, one line.
    """

    source: str
    note: str


@dataclass(frozen=True, slots=True)
class _Block:
    text: str
    is_closed: bool = True
    tree: ast.Module | None = None

    @property
    def entry(self) -> str | None:
        """Name of the entry function that it defines at top level."""
        if self.tree is None:
            return None
        names = [node.name for node in self.tree.body if isinstance(node, ast.FunctionDef)]
        return next((name for name in names if name in ENTRIES), None)


def parse_reply(text: str, *, is_cut_off: bool = False) -> ParsedReply | Failure:
    """Find the program in a reply: its last complete block with an entry function.

    Args:
        text: What the model wrote.
        is_cut_off: Whether the reply ended at the token limit.

    Returns:
        The program, or a failure `no-code`, `cut-off` or `parse`.
    """
    prose, blocks = _split(text[:MAX_REPLY])
    if not blocks:
        blocks = [block] if (block := _unfenced(prose)) else []
    whole = [b for b in blocks if b.entry and (b.is_closed or not is_cut_off)]
    if whole:
        chosen = whole[-1]
        source = _with_helpers(chosen, [b for b in blocks if b is not chosen])
        return ParsedReply(source=source, note=_note(prose, chosen))
    if is_cut_off:
        return _failure(
            FailureKind.CUT_OFF,
            "The reply reached the token limit before the program was complete. "
            "Write a shorter program and less prose.",
        )
    return _explain(text, blocks)


def _explain(text: str, blocks: Sequence[_Block]) -> Failure:
    """Why no block holds a program."""
    if not text.strip():
        return _failure(FailureKind.NO_CODE, "The reply was empty.")
    broken = [b for b in blocks if b.tree is None and any(f"def {e}" in b.text for e in ENTRIES)]
    if broken:
        return _failure(FailureKind.PARSE, f"The code is not valid Python: {_syntax(broken[-1])}")
    functions = [
        node.name
        for block in blocks
        for node in (block.tree.body if block.tree else [])
        if isinstance(node, ast.FunctionDef)
    ]
    defined = f" It defines only {plain(', '.join(functions), 100)}." if functions else ""
    return _failure(
        FailureKind.NO_CODE,
        "The reply has no Python function named reward or potential at the top level of a "
        f"code block.{defined}",
    )


def _split(text: str) -> tuple[str, list[_Block]]:
    """Prose and fenced blocks; an unclosed fence runs to the end."""
    prose: list[str] = []
    blocks: list[_Block] = []
    fence = ""
    lines: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if not fence and stripped.startswith(_FENCES):
            fence, lines = stripped[:3], []
        elif fence and stripped.startswith(fence) and not stripped.strip(fence[0]):
            blocks.append(_block("\n".join(lines)))
            fence = ""
        elif fence:
            lines.append(line)
        else:
            prose.append(line)
    if fence:
        blocks.append(_block("\n".join(lines), is_closed=False))
    return "\n".join(prose), blocks


def _unfenced(text: str) -> _Block | None:
    """The longest run of lines that parses and has an entry, in a reply without fences."""
    lines = text[:_MAX_UNFENCED].splitlines()
    starts = [
        i
        for i, line in enumerate(lines)
        if line.startswith(("def ", "import ", "from ", "@")) or _is_constant(line)
    ]
    for start in starts[:_MAX_STARTS]:
        for end in _ends(lines, start):
            block = _block("\n".join(lines[start:end]), is_closed=end < len(lines))
            if block.entry:
                return block
    if any(line.startswith(f"def {entry}") for line in lines for entry in ENTRIES):
        return _block(text, is_closed=False)
    return None


def _ends(lines: Sequence[str], start: int) -> list[int]:
    """Where code that begins at a line may end: at the text's end, or before unindented lines."""
    unindented = [
        i for i in range(len(lines) - 1, start, -1) if lines[i] and not lines[i][0].isspace()
    ]
    return [len(lines), *unindented[:_MAX_ENDS]]


def _is_constant(line: str) -> bool:
    name = line.partition("=")[0].strip()
    return "=" in line and name.isidentifier() and name.isupper()


def _block(text: str, *, is_closed: bool = True) -> _Block:
    source = textwrap.dedent(text).strip("\n") + "\n"
    return _Block(text=source, is_closed=is_closed, tree=_parse(source))


def _parse(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _syntax(block: _Block) -> str:
    """The first syntax error of a block that did not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(block.text)
    except SyntaxError as error:
        lines = block.text.splitlines()
        number = error.lineno or 0
        shown = plain(lines[number - 1], 120) if 0 < number <= len(lines) else ""
        return f"line {number}: {error.msg}, at {shown!r}."
    except (ValueError, RecursionError, MemoryError) as error:
        return f"{type(error).__name__}: {plain(str(error), 120)}."
    return "unknown."


def _with_helpers(chosen: _Block, others: Sequence[_Block]) -> str:
    """The chosen block, with what it uses from other blocks in front of it."""
    definitions = {
        name: segment for block in others for name, segment in _definitions(block).items()
    }
    tree = chosen.tree
    assert tree is not None, "a block with an entry has been parsed"
    missing = _unbound(tree)
    needed: dict[str, str] = {}
    while found := [name for name in missing if name in definitions and name not in needed]:
        for name in found:
            needed[name] = definitions[name]
            part = _parse(definitions[name])
            missing |= _unbound(part) if part else set()
    order = [segment for name, segment in definitions.items() if name in needed]
    return "\n\n".join([*dict.fromkeys(order), chosen.text])


def _definitions(block: _Block) -> dict[str, str]:
    """Text of each top-level function and assignment of a block, entries left out."""
    found: dict[str, str] = {}
    for node in block.tree.body if block.tree else []:
        segment = ast.get_source_segment(block.text, node) or ""
        if isinstance(node, ast.FunctionDef) and node.name not in ENTRIES:
            found[node.name] = segment
        elif isinstance(node, ast.Assign):
            found |= {t.id: segment for t in node.targets if isinstance(t, ast.Name)}
    return found


def _unbound(tree: ast.Module) -> set[str]:
    """Names that are read somewhere and bound nowhere in a module."""
    bound: set[str] = set(_IGNORED)
    read: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name.partition(".")[0])
    return read - bound


def _note(prose: str, block: _Block) -> str:
    """The first line of prose, or else of the entry's docstring."""
    for line in prose.splitlines():
        if any(c.isalpha() for c in line) and not line.startswith("#"):
            return plain(line, _NOTE)
    for node in block.tree.body if block.tree else []:
        if isinstance(node, ast.FunctionDef) and node.name in ENTRIES:
            return plain((ast.get_docstring(node) or "").partition("\n")[0], _NOTE)
    return ""


def _failure(kind: FailureKind, message: str) -> Failure:
    return Failure(kind=kind, message=message)
