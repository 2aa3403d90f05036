"""Text from workers is data: short, printable, and never able to steer a terminal or a prompt."""

from __future__ import annotations

TEXT_CHARS = 4_000
"""Longest text that is kept."""


def clean_text(text: str, limit: int = TEXT_CHARS) -> str:
    r"""Text cut to `limit`, without control, direction, surrogate and unassigned characters.

    Newlines and tabs stay.

    >>> clean_text("red\x1b[31m", 6)
    'red[31'
    """
    # Dropping only shortens, so a few times the limit is enough to look at.
    start = text[: 4 * limit]
    return "".join(c for c in start if c.isprintable() or c in "\n\t")[:limit]
