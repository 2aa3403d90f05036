"""Records, cards and programs that the tests of the reward language share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from alignenv.program import Program, parse_program
from alignenv.spec import Field, StateSpec
from alignenv.task import ActionSpec

DATA = Path(__file__).parents[1] / "data" / "programs"
LLM = Path(__file__).parents[2] / "benchmarks" / "bench" / "data" / "llm_programs"
Cards = dict[str, tuple[StateSpec, ActionSpec]]
Parse = Callable[..., Program]


@pytest.fixture(scope="session")
def data() -> Path:
    return DATA


@pytest.fixture(scope="session")
def llm() -> Path:
    return LLM


@pytest.fixture(scope="session")
def spec() -> StateSpec:
    return StateSpec(
        (
            Field(name="pos", kind="vec2", low=-9.0, high=9.0),
            Field(name="goal", kind="vec2", low=-9.0, high=9.0),
            Field(name="vel", kind="vec3", low=-2.0, high=2.0),
            Field(name="dist", kind="float", low=0.0, high=20.0, missing=-1.0),
            Field(name="speed", kind="float", low=-3.0, high=3.0),
            Field(name="level", kind="int", low=0.0, high=3.0),
            Field(name="flag", kind="bool"),
            Field(name="done", kind="bool"),
            Field(name="view", kind="grid7x7", low=0.0, high=9.0),
        )
    )


@pytest.fixture(scope="session")
def parse(spec: StateSpec) -> Parse:
    """Parse a program, by default for a discrete action."""

    def parse(source: str, action: ActionSpec | None = None) -> Program:
        return parse_program(source, spec, action or ActionSpec(n=7))

    return parse


@pytest.fixture(scope="session")
def cards() -> Cards:
    text = json.loads((LLM / "cards.json").read_text(encoding="utf-8"))
    found = {}
    for name, card in text["cards"].items():
        kind = card["actions"].partition(":")[0]
        action = ActionSpec(n=13) if kind == "int" else ActionSpec(size=int(kind[3:]))
        found[name] = (StateSpec.from_card(card["fields"]), action)
    return found
