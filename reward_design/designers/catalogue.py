"""From a designer's name and options on the command line to the designer."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from alignenv.errors import ConfigError, UnknownName
from alignenv.registry import Registry
from alignenv.task import RewardSource, TaskCard
from alignenv.types import Brief, Coder, Designer, Draft

NO_CODER = "none"
"""Coder of a designer that writes nothing itself, in tables and records."""

DEFAULT_CODER = "symbolic"


class Alias(NamedTuple):
    """A name for a designer with some options set.

    Attributes:
        designer: Name of its entry point.
        about: What it is for, in at most three lines.
        options: Options that it sets; others may be added.
        coder: The only coder that it goes with; empty for any.
    """

    designer: str
    about: str
    options: Mapping[str, Any] = {}
    coder: str = ""


ALIASES: dict[str, Alias] = {
    "random": Alias(
        "best-of-n",
        "Programs drawn from the symbolic grammar, with no feedback: what chance finds with the "
        "same number of trainings.",
        coder="symbolic",
    ),
    "symbolic": Alias(
        "eureka",
        "The symbolic grammar with feedback: mutants and crosses of the four best programs "
        "so far. No language model; what one has to beat.",
        {"parents": 4},
        coder="symbolic",
    ),
    "hill-climb": Alias(
        "revolve",
        "One program, changed a little at a time: a child that does better takes its place.",
        {"islands": 1, "size": 1, "crossover": 0.0},
    ),
    "human": Alias(
        "fixed",
        "The task's own human reward, trained again and again: the bar, and the luck of a learner.",
        {"program": "human"},
        coder=NO_CODER,
    ),
}
"""Every name that is not a designer of its own."""


class _NoCoder:
    """Stands where a coder would, for designers that write nothing."""

    name = NO_CODER

    def write(self, brief: Brief, n: int) -> Sequence[Draft]:
        """Refuse.

        Raises:
            ConfigError: Always: the designer was not meant to ask.
        """
        raise ConfigError(
            f"{n} programs for {brief.card.id} were asked of no coder.", cure="Name a coder."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignerPlan:
    """A checked choice of designer, coder and options.

    Attributes:
        name: Name that was given, without its argument.
        coder: Spec of the coder, `none` for a designer that writes nothing.
        options: Checked options; None for a designer that has none.
        factory: What makes the designer.
    """

    name: str
    coder: str
    options: BaseModel | None
    factory: Any = field(repr=False)

    @property
    def row(self) -> str:
        """How tables name the method: `eureka[symbolic]`."""
        return f"{self.name}[{self.coder}]"

    @property
    def record(self) -> dict[str, Any]:
        """The options as JSON, for a study's settings."""
        return self.options.model_dump(mode="json") if self.options else {}

    @property
    def analyst(self) -> str:
        """Spec of the analyst that it goes with by default."""
        return "coder" if self._plays_analyst else "rules"

    def analyst_of(self, spec: str) -> str:
        """Who an analyst's spec stands for: `coder` is the coder's model where there is one."""
        if (spec or self.analyst) != "coder" or self._plays_analyst:
            return spec or self.analyst
        return self.coder if self.coder not in (DEFAULT_CODER, NO_CODER) else "rules"

    @property
    def _plays_analyst(self) -> bool:
        """Whether the designer asks its coder's model itself, in words of its own."""
        return getattr(self.factory, "plays_analyst", False) and self.coder != DEFAULT_CODER

    def build(self, coder: Coder | None, card: TaskCard, seed: int) -> Designer:
        """Make the designer; `coder` is None where `self.coder` is `none`."""
        more = {"options": self.options} if self.options is not None else {}
        designer: Designer = self.factory(coder=coder or _NoCoder(), card=card, seed=seed, **more)
        return designer


def plan_designer(
    spec: str,
    coder: str = DEFAULT_CODER,
    options: Mapping[str, Any] | None = None,
    rewards: Mapping[str, RewardSource] | None = None,
) -> DesignerPlan:
    """Check a choice of designer, coder and options.

    Args:
        spec: Name of a designer or alias; `NAME:ARGUMENT`, such as `fixed:reward.py`; or
            `MODULE:CLASS` for a designer that is not installed.
        coder: Spec of the coder.
        options: Options by name.
        rewards: Reference rewards that options may name.

    Raises:
        UnknownName: No such designer.
        ConfigError: It does not go with the coder, or an option is not usable.
    """
    name, alias, factory, argument = _resolve(spec)
    values = {**alias.options, **(options or {})}
    if argument:
        values[_argument(factory, name)] = argument
    only = NO_CODER if getattr(factory, "writes_nothing", False) else alias.coder
    if only and coder not in (only, DEFAULT_CODER):
        raise ConfigError(
            f"Designer {name} goes with coder {only}, got {coder}.",
            cure="Leave --coder out, or choose another designer: `alignenv designers list`.",
        )
    return DesignerPlan(
        name=name,
        coder=only or coder,
        options=_checked(factory, name, values, rewards or {}),
        factory=factory,
    )


def known_designers() -> list[str]:
    """Names of all designers and aliases, sorted."""
    return sorted({*Registry[Designer]("designer"), *ALIASES})


def about(spec: str) -> str:
    """What a designer is for, in a few lines: its class's docstring up to the arguments.

    Args:
        spec: As for `plan_designer`; an argument after a colon makes no difference.

    Raises:
        UnknownName: No such designer.
    """
    found = _resolve(spec)
    text = found.alias.about or (inspect.getdoc(found.factory) or "").partition("\nArgs:")[0]
    return " ".join(text.split())


def options_of(spec: str) -> dict[str, tuple[Any, str]]:
    """Default and meaning of each option of a designer or alias, given as for `about`.

    Raises:
        UnknownName: No such designer.
    """
    _, alias, factory, _ = _resolve(spec)
    schema: type[BaseModel] | None = getattr(factory, "Options", None)
    fields = schema.model_fields if schema else {}
    return {
        key: (
            alias.options.get(key, "required" if info.is_required() else info.default),
            info.description or "",
        )
        for key, info in fields.items()
    }


class _Found(NamedTuple):
    """What a spec names: the name in tables, what it is short for, its class, its argument."""

    name: str
    alias: Alias
    factory: Any
    argument: str


def _resolve(spec: str) -> _Found:
    """Read `NAME`, `NAME:ARGUMENT` or `MODULE:CLASS`."""
    name, _, argument = spec.partition(":")
    if argument and name not in known_designers():
        return _Found(argument, Alias(argument, ""), _import(name, argument), "")
    alias = ALIASES.get(name, Alias(name, ""))
    return _Found(name, alias, _find(alias.designer, name), argument)


def _find(designer: str, name: str) -> Any:
    registry: Registry[Designer] = Registry("designer")
    if designer not in set(registry):
        raise UnknownName.of("designer", name, known_designers())
    return registry.load(designer)


def _import(module: str, attribute: str) -> Any:
    """A designer by the place of its class."""
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise UnknownName(
            f"There is no designer named {module!r}, nor {attribute!r} in a module of that name: "
            f"{error}.",
            cure=f"Known designers: {', '.join(known_designers())}.",
        ) from error


def _argument(factory: Any, name: str) -> str:
    """The option that the part of a spec after the colon fills."""
    option: str = getattr(factory, "argument", "")
    if not option:
        raise ConfigError(
            f"Designer {name} takes no argument after a colon.",
            cure=f"Set options as --set designer_options.KEY=VALUE; `alignenv designers show "
            f"{name}` lists them.",
        )
    return option


def _checked(
    factory: Any, name: str, values: Mapping[str, Any], rewards: Mapping[str, RewardSource]
) -> BaseModel | None:
    schema: type[BaseModel] | None = getattr(factory, "Options", None)
    if schema is None:
        if values:
            raise ConfigError(
                f"Designer {name} has no options, got {', '.join(sorted(values))}.",
                cure="Leave them out.",
            )
        return None
    try:
        return schema.model_validate(dict(values), context={"rewards": rewards})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "options"
        known = ", ".join(schema.model_fields) or "none"
        raise ConfigError(
            f"Option {where} of designer {name}: {first['msg']}.", cure=f"Its options are: {known}."
        ) from error
