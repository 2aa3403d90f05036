"""From untrusted text to a syntax tree: every check that must come before Python's parser."""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tokenize
import warnings
from collections.abc import Iterator

from alignenv.errors import Problem, ProgramError
from alignenv.program import limits
from alignenv.program.rules import RULES

_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|[\ud800-\udfff]"
)
_LAYOUT = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT}
_PARSER_FAILS = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)


def normalise(source: str) -> str:
    """The text without what cannot matter: byte order mark, line ends, trailing space."""
    lines = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n") + "\n"


def digest(text: str) -> str:
    """Content hash of a normalised program, 16 hex digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def refuse(rule: str, message: str, line: int = 0, cure: str = "") -> ProgramError:
    """The error of a program with one problem."""
    problem = Problem(line=line, rule=rule, message=message, cure=cure or RULES[rule].cure)
    return ProgramError([problem])


def parse(source: str) -> ast.Module:
    """Parse a normalised program.

    Raises:
        ProgramError: The text is not readable, too big, too deep or not Python.
    """
    _check_characters(source)
    _check_tokens(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except _PARSER_FAILS as error:
        raise _unparsable(error) from None
    _check_size(tree)
    return tree


def _check_characters(source: str) -> None:
    if len(source.encode("utf-8", "surrogatepass")) > limits.MAX_BYTES:
        raise refuse("R003", f"The program has more than {limits.MAX_BYTES} bytes.")
    if source.count("\n") > limits.MAX_LINES:
        raise refuse("R003", f"The program has more than {limits.MAX_LINES} lines.")
    if found := _UNREADABLE.search(source):
        line = source.count("\n", 0, found.start()) + 1
        code = f"U+{ord(found.group()):04X}"
        raise refuse("R002", f"The invisible or control character {code} is not allowed.", line)


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(source).readline)
    except (tokenize.TokenError, *_PARSER_FAILS) as error:
        raise _unparsable(error) from None


def _check_tokens(source: str) -> None:
    count = brackets = prefixes = 0
    for token in _tokens(source):
        if token.type in _LAYOUT:
            continue
        line, text = token.start[0], token.string
        count += 1
        if text in ("(", "[", "{"):
            brackets += 1
        elif text in (")", "]", "}"):
            brackets -= 1
        prefixes = prefixes + 1 if text in ("-", "+", "~", "not") else 0
        if count > limits.MAX_TOKENS:
            raise refuse("R003", f"The program has more than {limits.MAX_TOKENS} tokens.")
        if brackets > limits.MAX_BRACKETS or prefixes > limits.MAX_PREFIXES:
            raise refuse("R004", "Brackets or signs are nested too deeply.", line)
        if token.type == tokenize.NAME and not text.isascii():
            raise refuse("R002", f"The name {text!r} has letters beyond ASCII.", line)
        if token.type == tokenize.NUMBER and len(text) > limits.MAX_NUMBER_CHARS:
            raise refuse("R005", f"A number has more than {limits.MAX_NUMBER_CHARS} digits.", line)


def _unparsable(error: BaseException) -> ProgramError:
    line, detail = 0, "it is nested too deeply"
    if isinstance(error, SyntaxError):
        line, detail = error.lineno or 0, error.msg
    elif isinstance(error, tokenize.TokenError):
        line, detail = error.args[1][0], "a bracket or string is not closed"
    return refuse("R006", f"This is not valid Python: {detail}.", max(line, 0))


def _check_size(tree: ast.Module) -> None:
    """Bound nodes and depth without recursion; an `elif` is no deeper than its `if`."""
    count, stack = 0, [(node, 1) for node in tree.body]
    while stack:
        node, depth = stack.pop()
        count += 1
        if count > limits.MAX_NODES:
            raise refuse("R003", f"The program has more than {limits.MAX_NODES} syntax nodes.")
        if depth > limits.MAX_DEPTH:
            line = getattr(node, "lineno", 0)
            raise refuse("R004", f"Nested more than {limits.MAX_DEPTH} levels deep.", line)
        for child in ast.iter_child_nodes(node):
            chained = isinstance(node, ast.If) and node.orelse == [child]
            stack.append((child, depth if chained else depth + 1))  # type: ignore[arg-type]
