"""What a person says about a generation: one sentence for all, or a file with one block for each.

A file can be written while the search waits: it stops where a block is missing, and goes on with
`--resume`. What was said is recorded in the requests that show it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Protocol

from pydantic import AfterValidator

from alignenv.errors import AlignEnvError
from alignenv.reward_design.llm.offline import SEPARATOR, read_text
from alignenv.types import Trial

CommentsFile = Annotated[Path, AfterValidator(Path.absolute)]
"""Path of a file that a person writes while a search runs.

A field of this type sets `exclude=True`: the path is no part of a study's settings, because what
the file says is recorded with the requests that show it.
"""


class PersonNeeded(AlignEnvError, RuntimeError):  # noqa: N818 - reads as the event it is
    """A person has to say something before the search can go on."""

    exit_code = 1


class Commenter(Protocol):
    """Whoever says something about the best program of a generation."""

    def on(self, generation: int, best: Trial) -> str:
        """What is said after a generation; empty for nothing."""
        ...


class Comments:
    """Comments in the order of generations.

    Args:
        text: Said of every generation.
        path: File of blocks separated by lines of five equals signs; block g, from 0, is about
            the best program after generation g. An empty block says nothing.
    """

    def __init__(self, text: str = "", path: Path | None = None) -> None:
        self._text, self._path = text, path

    @property
    def is_awaited(self) -> bool:
        """Whether a person writes while the search waits."""
        return self._path is not None

    def wish(self, generation: int) -> str:
        """What the person is asked to write."""
        assert self._path is not None, "only of a person who is awaited"
        return (
            f"Write block {generation + 1} of {self._path.name}: what this agent should do "
            f"otherwise, in your own words. A line {SEPARATOR} comes between two blocks"
        )

    def on(self, generation: int, best: Trial) -> str:
        """What is said after a generation.

        Raises:
            PersonNeeded: The file has no block for it yet.
            ConfigError: The file cannot be read.
        """
        if self._path is None:
            return self._text
        blocks = read_text(self._path).split(f"\n{SEPARATOR}\n") if self._path.exists() else []
        if generation >= len(blocks):
            raise PersonNeeded(
                f"{self._path} says nothing about generation {generation} yet; its best program "
                f"is {best.candidate.id}.",
                cure=f"Add block {generation + 1} to the file, after a line {SEPARATOR}, and "
                "continue with --resume.",
            )
        return "\n".join(filter(None, (self._text, blocks[generation].strip())))
