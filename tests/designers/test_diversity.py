from __future__ import annotations

import pytest

from alignenv.reward_design.diversity import diversity
from alignenv.spec import Field, StateSpec
from alignenv.testing.coders import failed, trained
from alignenv.types import Candidate, FailureKind, Trial

KNOWN = StateSpec(
    tuple(Field(name=name, kind="float", low=0, high=1) for name in ("near", "far", "held"))
)


def candidate(index: int, source: str) -> Candidate:
    return Candidate(id=f"g00c{index:02d}", source=source, coder="x", generation=0)


def program(*fields: str) -> str:
    terms = " + ".join(f"state.{field}" for field in fields)
    return f"def reward(prev, action, state):\n    return {terms}, {{}}\n"


def trial(index: int, success: float, *fields: str) -> Trial:
    return trained(candidate(index, program(*fields)), success)


def test_figures_of_a_generation() -> None:
    same = trained(candidate(3, "# a comment\n" + program("near")), 0.2)
    broken = failed(candidate(4, ""), FailureKind.NO_CODE)
    trials = [trial(0, 0.0, "near"), trial(1, 0.9, "near", "far"), trial(2, 0.4, "held")]
    found = diversity([*trials, same, broken], KNOWN)
    assert found["candidates"] == 5
    assert found["programs"] == 3
    assert found["apart"] == pytest.approx((0.5 + 1 + 1) / 3, abs=1e-6)
    assert found["success"] == [0.0, pytest.approx(0.3), 0.9]


def test_one_program_is_not_apart_from_itself() -> None:
    found = diversity([trial(0, 0.5, "near"), trial(1, 0.7, "near")], KNOWN)
    assert (found["programs"], found["apart"]) == (1, None)
    assert diversity([], KNOWN)["success"] == []


def test_fields_are_those_of_the_card() -> None:
    known, unknown = trial(0, 0.5, "near"), trial(1, 0.5, "near", "other")
    assert diversity([known, unknown], KNOWN)["apart"] == 0.0
    broken = failed(candidate(2, "def reward("), FailureKind.RULE)
    assert diversity([known, broken], KNOWN)["apart"] == 1.0
