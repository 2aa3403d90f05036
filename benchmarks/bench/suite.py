"""Suites as data: which tasks, which rows, under which protocol."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.protocol import Protocol
from alignenv.benchmarks.race import Shares, rungs_of
from alignenv.envs.suite import SUITE, tags_of
from alignenv.errors import AlignEnvError, ConfigError, UnknownName

_TAG = "tag:"
_FOLDER = files("alignenv.benchmarks.bench").joinpath("suites")


class BenchProtocol(BaseModel):
    """What every cell of a suite has in common; part of every record.

    Attributes:
        seed: Root of all randomness.
        env_steps: Env steps of one full training; None takes each task's preset.
        generations: Rounds of a search.
        candidates: Programs per round.
        rung: Share of `env_steps` after which racing compares the candidates of a round, or
            several; the suite `racing` measures what that saves and loses.
        keep: Share of the candidates compared that goes on past the rung, or one for each rung.
        confirm: How many of a search's best programs are trained once more before one is chosen.
        select_episodes: Fresh episodes per score during a search.
        search_seeds: Searches per search row and task: the unit of replication.
        report_seeds: Trainings of each search's winner, on seeds that no search used.
        fixed_seeds: Trainings per fixed reward; paired with those of the winners by number.
        equal_steps_seeds: Trainings of the sparse reward with all steps of a whole search.
        episodes: Fresh episodes per training, at least 100.
        audit_episodes: Episodes over which the return of a reward is measured.
        threshold: Training success that steps-to-threshold waits for.
        layer: Whether a designed reward replaces the sparse one or is added to it.
        audit: Whether searches keep what the audit finds hackable from training.
        dedup: What makes two candidates of a search one program, `text` or `behaviour`.
        split: `train` trains on that half of the layouts and scores on the other.
        preset: Overrides of the tasks' training settings.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(default=0, ge=0)
    env_steps: int | None = Field(default=None, gt=0)
    generations: int = Field(default=2, ge=1)
    candidates: int = Field(default=8, ge=1)
    rung: Shares = (0.125,)
    keep: Shares = (0.25,)
    confirm: int = Field(default=0, ge=0)
    select_episodes: int = Field(default=100, ge=1)
    search_seeds: int = Field(default=5, ge=1)
    report_seeds: int = Field(default=2, ge=1)
    fixed_seeds: int = Field(default=10, ge=1)
    equal_steps_seeds: int = Field(default=3, ge=1)
    episodes: int = Field(default=100, ge=100)
    audit_episodes: int = Field(default=50, ge=1)
    threshold: float = Field(default=0.8, gt=0, le=1)
    layer: Literal["replace", "add"] = "replace"
    audit: bool = False
    dedup: Literal["text", "behaviour"] = "text"
    split: Literal["", "train"] = ""
    preset: dict[str, Any] = {}

    @model_validator(mode="after")
    def _is_a_race(self) -> Self:
        rungs_of(self.rung, self.keep)
        return self

    def search(self, candidates: int | None = None) -> Protocol:
        """The protocol of one search.

        Args:
            candidates: Programs of a search that only trains given ones, all of them in full;
                None for a search of its own.
        """
        given = candidates is not None
        protocol = Protocol(
            generations=1 if given else self.generations,
            candidates=candidates or self.candidates,
            env_steps=self.env_steps,
            rung=(1.0,) if given else self.rung,
            keep=self.keep,
            select_episodes=self.select_episodes,
            report_seeds=self.report_seeds,
            report_episodes=self.episodes,
            layer=self.layer,
        )
        asked = {"audit": self.audit, "dedup": self.dedup, "confirm": self.confirm}
        stated = {key: value for key, value in asked.items() if value != getattr(protocol, key)}
        return protocol.model_copy(update={} if given else stated)


class BenchSuite(BaseModel):
    """A suite.

    Attributes:
        name: File name without its ending.
        about: What it is for, a line or two.
        tasks: Gymnasium ids; `tag:NAME` in a file stands for all tasks with that tag.
        rows: Names of rows, in the order of the table.
        designers: Designers that get a row each when a language model is named.
        protocol: The protocol.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    about: str
    tasks: tuple[str, ...] = Field(min_length=1)
    rows: tuple[str, ...] = Field(min_length=1)
    designers: tuple[str, ...] = ("best-of-n", "eureka", "text2reward", "revolve", "taxonomy")
    protocol: BenchProtocol = BenchProtocol()

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        for what, names in (("task", self.tasks), ("row", self.rows)):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what} {twice[0]!r} stands twice; name each once")
        return self

    def with_rows(self, names: Iterable[str]) -> BenchSuite:
        """The suite with further rows before the last one; those that it has stay once.

        Raises:
            UnknownName: No such row.
        """
        more = [find_row(name).name for name in names if name not in self.rows]
        return self.model_copy(update={"rows": (*self.rows[:-1], *more, self.rows[-1])})

    def with_model(self, coder: str) -> BenchSuite:
        """The suite with a row for each of its designers with this coder.

        Args:
            coder: Such as `openai:MODEL`.
        """
        return self.with_rows(f"{designer}[{coder}]" for designer in self.designers)

    def only(self, chosen: Iterable[str]) -> BenchSuite:
        """The part of the suite whose task or row is named; all of it for no names.

        Args:
            chosen: Names of rows, and ids of tasks with or without `AlignEnv-` and `-vN`.

        Raises:
            UnknownName: A name is neither.
        """
        tasks, rows = [], []
        short = {name: task for task in self.tasks for name in _names(task)}
        for name in chosen:
            if name in short:
                tasks.append(short[name])
            elif name in self.rows:
                rows.append(name)
            else:
                raise UnknownName.of(f"task or row of {self.name}", name, [*self.tasks, *self.rows])
        return self.model_copy(
            update={"tasks": tuple(tasks) or self.tasks, "rows": tuple(rows) or self.rows}
        )


def _names(task: str) -> tuple[str, ...]:
    bare = task.removeprefix("AlignEnv-")
    return task, bare, re.sub(r"-v\d+$", "", bare)


def known_suites() -> list[str]:
    """Names of the suites that ship with the package."""
    names = (file.name for file in _FOLDER.iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def load_suite(name: str) -> BenchSuite:
    """A suite by its name, or by the path of a TOML file of the same form.

    Raises:
        UnknownName: No such suite, task or row.
        ConfigError: The file cannot be read, or a key or value is not usable.
    """
    if not name.endswith(".toml"):
        if name not in known_suites():
            raise UnknownName.of("suite", name, known_suites())
        text = _FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8")
        return parse_suite(name, text)
    path = Path(name)
    try:
        return parse_suite(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"Suite {name} cannot be read: {error}.", cure="Check the path."
        ) from error


def parse_suite(name: str, text: str) -> BenchSuite:
    """A suite from the text of its file; see `load_suite`."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"Suite {name} is not TOML: {error}.") from error
    try:
        suite = BenchSuite.model_validate({"name": name, **values})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "suite"
        raise ConfigError(
            f"Suite {name}, {where}: {first['msg']}.",
            cure=f"A suite has about, tasks, rows, designers and protocol; a protocol has "
            f"{', '.join(BenchProtocol.model_fields)}.",
        ) from error
    for row in suite.rows:
        find_row(row)
    return suite.model_copy(update={"tasks": tuple(_expanded(suite.tasks))})


def _expanded(tasks: Iterable[str]) -> list[str]:
    found: list[str] = []
    for task in tasks:
        if task.startswith(_TAG):
            named = [i for i in SUITE.ids() if task.removeprefix(_TAG) in tags_of(i)]
            if not named:
                raise _no_tag(task)
        elif SUITE.row(task) is None:
            raise UnknownName.of("task", task, SUITE.ids())
        else:
            named = [task]
        found += [one for one in named if one not in found]
    return found


def _no_tag(task: str) -> AlignEnvError:
    tags = {tag for i in SUITE.ids() for tag in tags_of(i)}
    return UnknownName.of("tag", task.removeprefix(_TAG), tags)
