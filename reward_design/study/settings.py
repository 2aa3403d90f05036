"""What decides the outcome of a study; recorded first and compared on every resume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Difference(NamedTuple):
    """One setting that is not what was recorded."""

    name: str
    recorded: Any
    now: Any

    def __str__(self) -> str:
        return f"{self.name} was {self.recorded!r} and is now {self.now!r}"


class StudySettings(BaseModel):
    """Everything the outcome depends on, and nothing else.

    How many workers run, how they are isolated and what may be spent are left out: a study may be
    resumed with others and ends the same.

    Attributes:
        env_id: Gymnasium id of the task.
        task: Text of the task card, as coders see it.
        seed: Root of all randomness, >= 0.
        designer: Name of the designer, such as "eureka".
        designer_options: Its options; programs by their text.
        coder: Spec of the coder, such as "symbolic" or "openai:gpt-5".
        critic: Spec of the critic; empty for none.
        analyst: Spec of the analyst.
        generations: Number of generations.
        candidates: Candidates per generation.
        protocol: Steps, rungs, seeds and episodes of the evaluation, reward layer, preset.
        versions: Versions of the packages that results depend on, by name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    env_id: str
    task: str = ""
    seed: int = Field(ge=0)
    designer: str = "eureka"
    designer_options: dict[str, JsonValue] = Field(default_factory=dict)
    coder: str = "symbolic"
    critic: str = ""
    analyst: str = "rules"
    generations: int = Field(ge=1)
    candidates: int = Field(ge=1)
    protocol: dict[str, JsonValue] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)

    @property
    def row(self) -> str:
        """How tables name the method: `eureka[symbolic]`."""
        return f"{self.designer}[{self.coder}]"

    def differences(self, now: StudySettings) -> list[Difference]:
        """Settings, by dotted name, in which `now` departs from these."""
        return list(_compare(self.model_dump(mode="json"), now.model_dump(mode="json"), ""))


def _compare(recorded: Any, now: Any, name: str) -> Iterator[Difference]:
    if isinstance(recorded, Mapping) and isinstance(now, Mapping):
        for key in sorted({*recorded, *now}):
            path = f"{name}.{key}" if name else key
            yield from _compare(recorded.get(key), now.get(key), path)
    elif recorded != now:
        yield Difference(name, recorded, now)
