"""The verdict on one reward program: `alignenv check` without its command line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alignenv.errors import ConfigError, Problem, ProgramError, UnknownName
from alignenv.program.program import parse_program
from alignenv.spec import StateSpec
from alignenv.task import ActionSpec, find_task


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a program is checked for: the fields it may read and the action."""

    spec: StateSpec
    action: ActionSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check found.

    Attributes:
        ok: Whether the program is accepted.
        compiled: Whether it runs as machine code.
        components: Names of its components.
        problems: Why it is refused; empty exactly when `ok`.
        why_not: Why an accepted program is interpreted; empty for a compiled one.
    """

    ok: bool
    compiled: bool = False
    components: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    why_not: str = ""

    def to_json(self) -> dict[str, Any]:
        """The document of `alignenv check --json`."""
        return {
            "ok": self.ok,
            "compiled": self.compiled,
            "components": list(self.components),
            "errors": [problem.to_json() for problem in self.problems],
        }


def check_source(source: str, surroundings: Surroundings) -> Verdict:
    """Check a program and compile it; nothing of it is run."""
    try:
        program = parse_program(source, surroundings.spec, surroundings.action)
    except ProgramError as error:
        return Verdict(ok=False, problems=error.problems)
    runner = program.load()
    return Verdict(
        ok=True,
        compiled=runner.compiled,
        components=program.components,
        why_not=runner.why_not,
    )


def surroundings_of_env(env_id: str) -> Surroundings:
    """The fields and the action of a known task.

    Raises:
        UnknownName: There is no such task.
    """
    card = find_task(env_id).card
    return Surroundings(spec=card.state, action=card.action)


def surroundings_of_card(reference: str) -> Surroundings:
    """The fields and the action of a card in a JSON file, `FILE.json:NAME`.

    The file has `cards: {NAME: {actions: "int: ..." or "vecN: ...", fields: {name: [kind,
    meaning]}}}`, or the cards alone.

    Raises:
        ConfigError: The file cannot be read or has another shape.
        UnknownName: It has no such card.
    """
    path, _, name = reference.rpartition(":")
    try:
        cards = json.loads(Path(path).read_text(encoding="utf-8"))
        cards = cards.get("cards", cards)
        if name not in cards:
            raise UnknownName.of("card", name, cards)
        card = cards[name]
        return Surroundings(
            spec=StateSpec.from_card(card["fields"]), action=_read_action(card["actions"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, UnknownName | ConfigError):
            raise
        raise ConfigError(
            f"Card {reference!r} cannot be read: {error}.",
            cure="Write --card FILE.json:NAME, with `actions` and `fields` in the card.",
        ) from error


def _read_action(text: str) -> ActionSpec:
    kind, _, meaning = text.partition(":")
    kind = kind.strip()
    if kind == "int":
        return ActionSpec(
            n=1 + max(map(int, _numbers(meaning)), default=0), meaning=meaning.strip()
        )
    if kind.startswith("vec") and kind[3:].isdigit():
        return ActionSpec(size=int(kind[3:]), meaning=meaning.strip())
    raise ConfigError(
        f"Action {kind!r} is not known.", cure="Begin `actions` with 'int:' or 'vecN:'."
    )


def _numbers(text: str) -> list[str]:
    return "".join(c if c.isdigit() else " " for c in text).split()
