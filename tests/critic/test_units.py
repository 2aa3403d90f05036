"""Quantities of two units that meet as they are, and comparisons that nothing bears out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alignenv.reward_design.critic.rules import CLEAN, EACH, judge_case
from alignenv.reward_design.reading import Reading
from alignenv.reward_design.units import mixed_units
from alignenv.spec import Field, StateSpec
from alignenv.testing.critics import SOUND, example_case

SPEC = StateSpec(
    (
        Field(name="gap", kind="float", unit="m", low=0, high=2),
        Field(name="hand", kind="vec3", unit="m"),
        Field(name="cup", kind="vec3", unit="m"),
        Field(name="speed", kind="float", unit="m/s"),
        Field(name="angle", kind="float", unit="rad"),
        Field(name="count", kind="int"),
    )
)


def mixed(expression: str) -> list[str]:
    source = f"""def way(s):
    return np.linalg.norm(s.hand - s.cup)

def reward(prev, action, state):
    d = state.gap
    x = {expression}
    return x, {{'x': x}}
"""
    return [m.what for m in mixed_units(Reading(source, SPEC))]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("state.gap + state.speed", ["a quantity in m is added to one in m/s"]),
        ("-d - state.angle", ["a quantity in m is set off against one in rad"]),
        ("1.0 if d < abs(state.speed) else 0.0", ["a quantity in m is compared with one in m/s"]),
        ("state.hand[0] + state.angle", ["a quantity in m is added to one in rad"]),
        ("max(d, state.angle)", ["a quantity in m is compared with one in rad"]),
        (
            "np.linalg.norm(state.hand - state.cup) - prev.speed",
            ["a quantity in m is set off against one in m/s"],
        ),
        ("prev.gap - state.gap", []),
        ("0.5 * state.gap + 0.1 * state.speed", []),
        ("state.gap - way(state) + state.count", []),
        ("state.gap + 1.0 - state.speed * 0.1", []),
        ("min(d, 0.1) + (state.gap if state.count else prev.gap)", []),
    ],
)
def test_units(expression: str, found: list[str]) -> None:
    assert mixed(expression) == found


def test_a_doubt_lowers_the_odds_and_sends_nothing_back() -> None:
    source = SOUND.replace("state.path_to_goal == 0", "state.path_to_goal == -5")
    judgement = judge_case(replace(example_case(SOUND), source=source))
    (finding,) = judgement.findings
    assert (finding.code, finding.severity) == ("impossible-value", "doubt")
    assert "line 3: path_to_goal: it is compared with -5" in finding.evidence
    assert judgement.p_success == round(CLEAN * EACH, 4)
    assert not judgement.send_back
