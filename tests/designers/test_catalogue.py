"""Names, options and coders of designers are checked before a search starts."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import pytest

from alignenv.errors import ConfigError, UnknownName
from alignenv.reward_design.designers.catalogue import (
    ALIASES,
    about,
    known_designers,
    options_of,
    plan_designer,
)
from alignenv.task import RewardSource, TaskCard
from alignenv.testing.coders import FOREIGN, example_card
from alignenv.testing.designers import NotingCoder
from alignenv.types import Coder

REWARDS = {"human": RewardSource(source=FOREIGN, kind="human")}


@pytest.mark.parametrize("name", [n for n in known_designers() if n != "fixed"])
def test_every_designer_is_explained_and_can_be_made(name: str) -> None:
    assert 20 < len(about(name)) < 300
    assert all(meaning.endswith(".") for _, meaning in options_of(name).values())
    plan = plan_designer(name, rewards=REWARDS)
    designer = plan.build(None if plan.coder == "none" else NotingCoder(), example_card(), 0)
    assert len(designer.ask(2)) in (1, 2)
    json.dumps(plan.record)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("random", "random[symbolic]"),
        ("symbolic", "symbolic[symbolic]"),
        ("human", "human[none]"),
        ("eureka", "eureka[symbolic]"),
    ],
)
def test_rows(name: str, row: str) -> None:
    assert plan_designer(name, rewards=REWARDS).row == row


def test_a_fixed_program_is_recorded_by_its_text(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(FOREIGN)
    plan = plan_designer(f"fixed:{file}")
    assert plan.row == "fixed[none]"
    assert plan.record == {"program": FOREIGN}
    assert plan_designer("fixed:human", rewards=REWARDS).record == plan.record
    assert plan_designer("human", rewards=REWARDS).record == plan.record


def test_options_of_an_alias_can_be_added_to() -> None:
    plan = plan_designer("symbolic", options={"restart_every": 3})
    assert (plan.record["parents"], plan.record["restart_every"]) == (4, 3)


def test_a_class_is_found_by_its_place() -> None:
    plan = plan_designer("alignenv.reward_design.designers.best_of_n:BestOfN")
    assert plan.row == "BestOfN[symbolic]"
    assert len(plan.build(NotingCoder(), example_card(), 0).ask(2)) == 2
    assert about("alignenv.reward_design.designers.best_of_n:BestOfN") == about("best-of-n")


def test_an_argument_changes_nothing_of_what_is_told() -> None:
    assert about("fixed:mine.py") == about("fixed")
    assert options_of("fixed:mine.py") == options_of("fixed")


def test_a_class_without_options_takes_none() -> None:
    class Plain:
        def __init__(self, coder: Coder, card: TaskCard, seed: int) -> None:
            self.name = coder.name

    sys.modules["plain_designer"] = types.ModuleType("plain_designer")
    sys.modules["plain_designer"].Plain = Plain  # type: ignore[attr-defined]
    try:
        plan = plan_designer("plain_designer:Plain")
        assert (plan.options, plan.record) == (None, {})
        assert isinstance(plan.build(NotingCoder(), example_card(), 0), Plain)
        with pytest.raises(ConfigError, match="has no options, got x"):
            plan_designer("plain_designer:Plain", options={"x": 1})
    finally:
        del sys.modules["plain_designer"]


def test_no_path_is_recorded() -> None:
    plan = plan_designer("eureka", options={"comments": "/somewhere/words.txt"})
    assert "somewhere" not in json.dumps(plan.record)


@pytest.mark.parametrize(
    ("spec", "coder", "options", "words"),
    [
        ("eurek", "symbolic", {}, "no designer named 'eurek'. Did you mean 'eureka'"),
        ("eureka:x", "symbolic", {}, "takes no argument"),
        ("eurek:x", "symbolic", {}, "no designer named 'eurek', nor 'x' in a module"),
        ("json:Designer", "symbolic", {}, "nor 'Designer' in a module"),
        ("fixed", "symbolic", {}, "Option program of designer fixed: Field required"),
        ("fixed:huma", "symbolic", {}, "no reward named 'huma'. Did you mean 'human'"),
        ("fixed:gone.py", "symbolic", {}, "gone.py cannot be read"),
        ("fixed:human", "openai:x", {}, "goes with coder none, got openai:x"),
        ("random", "openai:x", {}, "goes with coder symbolic, got openai:x"),
        ("eureka", "symbolic", {"parents": 0}, "Option parents .* greater than or equal to 1"),
        ("eureka", "symbolic", {"parent": 1}, "Option parent .* Its options are: parents"),
        ("best-of-n", "symbolic", {"parents": 1}, "Its options are: none"),
    ],
)
def test_what_does_not_fit_is_refused(
    spec: str, coder: str, options: dict[str, object], words: str
) -> None:
    with pytest.raises((ConfigError, UnknownName), match=words):
        plan_designer(spec, coder, options, REWARDS)


def test_every_alias_stands_for_a_designer() -> None:
    assert {alias.designer for alias in ALIASES.values()} <= set(known_designers()) - set(ALIASES)
