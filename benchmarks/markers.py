"""The generated part of a page: what stands between two comments, its markers."""

from __future__ import annotations

from alignenv.errors import ConfigError


def markers(key: str) -> tuple[str, str]:
    """The comments between which the part called `key` stands."""
    return f"<!-- {key}:begin -->", f"<!-- {key}:end -->"


def replaced(page: str, key: str, new: str) -> str:
    """A page with `new` between the markers of `key`, on lines of its own.

    Raises:
        ConfigError: The page lacks the markers.
    """
    begin, end = markers(key)
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ConfigError(
            f"The page has no markers {begin} and {end}.",
            cure="Write them on lines of their own where the table should stand.",
        )
    return f"{before}{begin}\n{new}\n{end}{after}"
