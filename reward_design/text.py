"""Text that models and programs wrote, made safe to show and to quote."""

from __future__ import annotations


def plain(text: str, limit: int) -> str:
    """One line of printable characters, at most `limit` of them."""
    shown = "".join(c if c.isprintable() else " " for c in text[: 4 * limit])
    line = " ".join(shown.split())
    return line if len(line) <= limit else line[: limit - 3] + "..."


def quoted(text: str, limit: int) -> str:
    """Several lines as a quoted block of Markdown, `limit` characters at most.

    Every line begins with "> ", so that nothing in it can pass for a heading, a fence or a
    speaker of the prompt around it.
    """
    clipped = text if len(text) <= limit else text[:limit] + "\n... (cut)"
    lines = ("".join(c for c in line if c.isprintable()) for line in clipped.splitlines())
    return "\n".join(f"> {line}".rstrip() for line in lines)
