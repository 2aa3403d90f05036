"""Settings of a search: one schema for TOML files, `--set` overrides and the study's record."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alignenv.benchmarks.protocol import Protocol
from alignenv.errors import ConfigError


class SearchSettings(BaseModel):
    """Everything that decides what a search finds, and the limits it must keep.

    Attributes:
        env: Gymnasium id, `AlignEnv-...` or any other with a task file.
        task: Text of the task file for an env of one's own; empty for a suite task.
        task_object: `module:object` of a Python task; empty for none.
        split: Half of the layouts, `train` or `test`, that the search trains and selects on; the
            final comparison is scored on the other. Empty for all layouts.
        seed: Root of all randomness.
        designer: Name of the designer, or `NAME:ARGUMENT`; `alignenv designers list` has them.
        designer_options: Options of the designer; `alignenv designers show NAME` has them.
        coder: `symbolic`, `openai:MODEL`, `replay:FILE`, `scripted:FILE` or `manual`.
        analyst: `rules`, `rules:blind`, `none`, `taxonomy`, `coder`, or a model as for `coder`;
            empty for the designer's own, which is `rules` for all but `auto-mc-reward`.
        critic: `none`, `rules`, or a model beside the rules: `openai:MODEL`, `replay:FILE`,
            `scripted:FILE`; or a name that a package declares.
        critic_rounds: Most times that the critic sends one draft back to the coder.
        critic_base_url: Server of the critic's model; None for the coder's.
        analyst_base_url: Server of the analyst's model; None for the coder's.
        analyst_price: Price of the analyst's model; empty for that of the price file.
        critic_price: Price of the critic's model; empty for that of the price file.
        base_url: OpenAI-compatible server; None for the client's default.
        budget: Caps such as "calls=40,tokens=200000,usd=2"; empty for none.
        price: "in=..,out=.." in US dollars per million tokens, for a model without a known price.
        protocol: Budgets of the search and of the final comparison.
        preset: Overrides of the task's training settings.
        isolation: `kernel` refuses to run in a weaker sandbox.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    env: str
    task: str = ""
    task_object: str = ""
    split: Literal["", "train", "test"] = ""
    seed: int = Field(default=0, ge=0)
    designer: str = "eureka"
    designer_options: dict[str, Any] = {}
    coder: str = "symbolic"
    analyst: str = ""
    critic: str = "none"
    critic_rounds: int = Field(default=2, ge=0, le=8)
    critic_base_url: str | None = None
    analyst_base_url: str | None = None
    analyst_price: str = ""
    critic_price: str = ""
    base_url: str | None = None
    budget: str = ""
    price: str = ""
    protocol: Protocol = Protocol()
    preset: dict[str, Any] = {}
    isolation: Literal["auto", "kernel"] = "auto"


def load_settings(
    config: Path | None, given: Mapping[str, Any], overrides: Sequence[str]
) -> SearchSettings:
    """Merge a TOML file, command-line options and `--set a.b=value` overrides, later ones first.

    Args:
        config: TOML file in the shape of `SearchSettings`; None for none.
        given: Options by dotted key; None values are left out.
        overrides: `key=value` texts; values are TOML, or plain text where that fails.

    Raises:
        ConfigError: A file, key or value is not usable; names it.
    """
    values = _read_toml(config) if config else {}
    for key, value in given.items():
        if value is not None:
            _put(values, key, value)
    for text in overrides:
        key, equals, raw = text.partition("=")
        if not equals:
            raise ConfigError(
                f"--set {text!r} is not of the form key=value.",
                cure="Write for example --set protocol.candidates=4.",
            )
        _put(values, key.strip(), _toml_value(raw))
    return validate_settings(values)


def validate_settings(values: Mapping[str, Any]) -> SearchSettings:
    """Settings from plain values, with one clear error for the first wrong one."""
    try:
        return SearchSettings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "settings"
        came = first.get("input")
        shown = "" if isinstance(came, dict) else f", got {came!r}"
        raise ConfigError(
            f"Setting {where}: {first['msg']}{shown}.",
            cure=f"Top-level settings are {', '.join(SearchSettings.model_fields)}; "
            f"under protocol: {', '.join(Protocol.model_fields)}.",
        ) from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"Config file {path} cannot be read: {error.strerror}.", cure="Check the path."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"Config file {path} is not TOML: {error}.") from error


def _toml_value(raw: str) -> Any:
    try:
        return tomllib.loads(f"value = {raw}")["value"]
    except tomllib.TOMLDecodeError:
        return raw


def _put(values: dict[str, Any], dotted: str, value: Any) -> None:
    *parents, last = dotted.split(".")
    table = values
    for parent in parents:
        table = table.setdefault(parent, {})
        if not isinstance(table, dict):
            raise ConfigError(f"Setting {dotted}: {parent} is a value, not a table.")
    table[last] = value
