"""The optional channel of words: what an env says in sentences, such as its instruction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from alignenv.batch import BatchEnv
from alignenv.envs.split import SplitBatch
from alignenv.errors import ConfigError


class Telling(Protocol):
    """What a core offers that has something to say."""

    def texts(self) -> list[str]:
        """One text per env about its present episode or its last transition."""
        ...


def text_source(batch: BatchEnv) -> Callable[[], list[str]]:
    """Where the texts of a core come from.

    Raises:
        ConfigError: The core says nothing in words.
    """
    core = batch.inner if isinstance(batch, SplitBatch) else batch
    if not hasattr(core, "texts"):
        raise ConfigError(f"{batch.task.id} says nothing in words.", cure="Leave out `text_info`.")
    return cast("Telling", core).texts
