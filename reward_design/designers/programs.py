"""Options that name a reward program: a reference reward of the task, a file, or its text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from alignenv.errors import UnknownName
from alignenv.task import RewardSource


def _read(value: Any, info: ValidationInfo) -> Any:
    """Text of the program that a value names, so that the record holds it."""
    if not isinstance(value, str) or not value or "\n" in value:
        return value
    if value.endswith(".py"):
        try:
            return Path(value).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"{value} cannot be read: {error}") from error
    rewards: Mapping[str, RewardSource] = (info.context or {}).get("rewards", {})
    if value not in rewards:
        raise ValueError(str(UnknownName.of("reward", value, rewards)))
    return rewards[value].source


ProgramText = Annotated[str, BeforeValidator(_read)]
"""A program's text; validates from the name of a reference reward, a path `*.py`, or the text."""
