"""Task files: any Gymnasium env becomes a task by a TOML text.

    goal = "Drive the car up the right hill to the flag."
    success = "position >= 0.45"
    milestones = "(position + 1.2) / 1.65"

    [state]
    position = { obs = 0, unit = "m", meaning = "place along the track; the flag is at 0.45" }
    velocity = { obs = 1, unit = "m/step" }

    [rewards]
    human = "climb.py"

docs/task-files.md explains every key.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from alignenv.errors import ConfigError

ObjectPath = Annotated[str, Field(pattern=r"^[\w.]+:[\w.]+$")]
"""`package.module:object`."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldEntry(_Strict):
    """One state field and where its value comes from.

    Attributes:
        obs: Index, or `[start, stop]`, into the flattened observation.
        key: Entry of a dict observation that `obs` indexes.
        info: Key of the step's info; 0 where it is absent.
        function: `package.module:function`, called as `function(env, observation)`.
        kind: Kind of the field; by default float, or vecN for a slice.
        unit: Unit or coding.
        low: Smallest possible value; by default the observation space's.
        high: Largest possible value; by default the observation space's.
        meaning: One line for the card.
        missing: Value that means "unknown".
    """

    obs: int | tuple[int, int] | None = None
    key: str | None = None
    info: str | None = None
    function: ObjectPath | None = None
    kind: str | None = None
    unit: str = ""
    low: float | None = None
    high: float | None = None
    meaning: str = ""
    missing: float | None = None

    @model_validator(mode="after")
    def _has_one_source(self) -> FieldEntry:
        sources = [self.obs is not None, self.info is not None, self.function is not None]
        if sum(sources) != 1:
            raise ValueError("give exactly one of obs, info, function")
        if self.key is not None and self.obs is None:
            raise ValueError("key goes with obs")
        places = (self.obs,) if isinstance(self.obs, int) else self.obs or (0,)
        if min(places) < 0 or (len(places) == 2 and places[0] >= places[1]):
            raise ValueError("obs is an index >= 0 or [start, stop] with start < stop")
        return self


class InfoKey(_Strict):
    """A key of the step's info that says whether the task succeeded."""

    info: str


class ProgramText(_Strict):
    """A reward program written into the task file itself."""

    source: str


class TaskFile(_Strict):
    """A task file, checked.

    Attributes:
        goal: The goal in one sentence.
        success: Expression over state fields, or an info key: the TRUE objective, judged on the
            state that an episode ends in.
        state: State fields by name.
        milestones: Expression for true progress, clipped to 0..1; by default success itself.
        horizon: Longest episode, in steps; by default the env's own.
        observes: What the agent sees, for the card.
        action: What the action means, for the card.
        termination: When an episode ends, for the card.
        hazards: Known ways to fail, for the card.
        rewards: Reference programs: `human`, `hackable`, `"hackable:NAME"`, each a path relative
            to the file or `{ source = "..." }`.
        training: Training settings that differ from the preset of family `external`.
        reads: Files and folders outside the Python installation that the env needs.
        make: Keyword arguments for `gymnasium.make`.
    """

    goal: str = Field(min_length=1)
    success: str | InfoKey
    state: dict[str, FieldEntry] = Field(min_length=1)
    milestones: str | None = None
    horizon: int | None = Field(default=None, gt=0)
    observes: str = ""
    action: str = ""
    termination: str = ""
    hazards: tuple[str, ...] = ()
    rewards: dict[
        Annotated[str, Field(pattern=r"^(human|hackable(:\w+)?)$")], str | ProgramText
    ] = Field(default_factory=dict)
    training: dict[str, Any] = Field(default_factory=dict)
    reads: tuple[str, ...] = ()
    make: dict[str, Any] = Field(default_factory=dict)


def parse_task_text(text: str) -> TaskFile:
    """Check the text of a task file, TOML or what `read_task_file` returns.

    Raises:
        ConfigError: The text is malformed; the message names the key and what was expected.
    """
    try:
        raw = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(
            f"The task file is not TOML: {error}.", cure="See docs/task-files.md."
        ) from error
    try:
        return TaskFile.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(_describe(error), cure="See docs/task-files.md.") from error


def read_task_file(path: str | Path) -> str:
    """The text of a task file, complete in itself: reward programs and paths are written into it.

    Raises:
        ConfigError: A file cannot be read, or is malformed.
    """
    place = Path(path)
    file = parse_task_text(_read(place, "Task file"))
    rewards = {}
    for name, reward in file.rewards.items():
        if isinstance(reward, str):
            source = _read(place.parent / reward, f"rewards.{name} of task file {place}:")
            rewards[name] = ProgramText(source=source)
        else:
            rewards[name] = reward
    reads = tuple(str((place.parent / entry).resolve()) for entry in file.reads)
    whole = file.model_copy(update={"rewards": rewards, "reads": reads})
    return whole.model_dump_json(exclude_defaults=True)


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{what} {str(path)!r} cannot be read: {error}.") from error


def _describe(error: ValidationError) -> str:
    problems = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"]) or "the file"
        problems.append(f"{where}: {problem['msg']}")
    return f"The task file is malformed. {'; '.join(problems)}."
