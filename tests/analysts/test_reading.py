"""What an analyst reads off a program's text, and what the rules make of figures alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alignenv.reward_design.analysts.rules import RulesAnalyst
from alignenv.reward_design.reading import ACTION, Reading
from alignenv.spec import Field, StateSpec
from alignenv.task import find_task
from alignenv.testing.analysts import trial
from alignenv.testing.coders import example_card
from alignenv.types import ComponentStats, Trial

SPEC = StateSpec(
    (
        Field(name="held", kind="bool", low=0, high=1),
        Field(name="path", kind="float", unit="steps", low=-1, high=40, missing=-1),
        Field(name="facing", kind="int", low=0, high=3),
        Field(name="spread", kind="float"),
        Field(name="place", kind="int", low=1, high=3, missing=0),
    )
)
PROGRAM = """
def way(s):
    return s.path if s.path >= 0 else 40.0

def reward(before, action, after):
    near = 0.0
    if after.held:
        near = way(before) - way(after)
    effort = -0.1 * abs(action)
    picked = 1.0 if after.held and not before.held else 0.0
    owning = 0.2 * after.held
    alive = 0.1
    return near + effort, {
        "near": near, "effort": effort, "picked": picked, "owning": owning, "alive": alive,
    }
"""


def test_what_components_depend_on() -> None:
    reading = Reading(PROGRAM, SPEC)
    assert reading.components == {
        "near": {"held", "path"},
        "effort": {ACTION},
        "picked": {"held"},
        "owning": {"held"},
        "alive": set(),
    }
    assert reading.changes == {"near", "picked"}
    assert [name for name in reading.components if reading.charges(name)] == ["effort"]


def misread(expression: str) -> list[str]:
    source = (
        "def reward(prev, action, state):\n    d = state.path\n"
        f"    x = {expression}\n    return x, {{'x': x}}\n"
    )
    return [m.field for m in Reading(source, SPEC).misreadings()]


@pytest.mark.parametrize(
    ("expression", "fields"),
    [
        ("0.1 if state.path < 3 else 0.0", ["path"]),
        ("0.1 if 3 > d else 0.0", ["path"]),
        ("prev.path - state.path", ["path"]),
        ("np.exp(-d)", ["path"]),
        ("0.1 if d == 0 else 0.0", []),
        ("0.1 if state.path > 3 else 0.0", []),
        ("0.1 if state.path < 3 and state.path >= 0 else 0.0", []),
        ("-d if d != -1 else 0.0", []),
        ("0.1 if state.path <= 3 and 0 <= prev.path else 0.0", []),
        ("0.1 if state.facing == 4 else 0.0", ["facing"]),
        ("0.1 if state.facing == 1.5 else 0.0", ["facing"]),
        ("0.1 if state.facing > 3 else 0.0", ["facing"]),
        ("0.1 if state.facing == 3 else 0.0", []),
        ("0.1 if state.spread > 1000 else 0.0", []),
        ("1.0 - state.held", []),
        ("0.1 if state.place > 0 else 0.0", []),
        ("0.1 if state.place == -1 else 0.0", ["place"]),
    ],
)
def test_misreadings(expression: str, fields: list[str]) -> None:
    assert misread(expression) == fields


@pytest.mark.parametrize("source", ["", "def", "\x00", "def reward(", "return 1"])
def test_a_text_that_is_no_program_reads_as_empty(source: str) -> None:
    reading = Reading(source, SPEC)
    assert reading.components == {}
    assert reading.misreadings() == []
    assert not reading.charges("x")


@pytest.mark.parametrize("name", ["sparse", "human"])
def test_sound_rewards_charge_only_for_time(name: str) -> None:
    task = find_task("AlignEnv-DoorKey-8x8-v0")
    reading = Reading(task.reward(name).source, task.card.state)
    assert {part for part in reading.components if reading.charges(part)} <= {"time"}


def by_figures(**stats: tuple[float, float, float, float]) -> list[str]:
    """Names for a training without episodes; components as (mean, low, high, share of steps)."""
    made = trial(source="")
    assert made.evaluation is not None
    components = {
        name: ComponentStats(mean=mean, low=low, high=high, active=active)
        for name, (mean, low, high, active) in stats.items()
    }
    evaluation = replace(made.evaluation, components=components, episodes=())
    (said,) = RulesAnalyst().analyse(example_card(), [Trial(candidate=made.candidate,
                                                            evaluation=evaluation)])  # fmt: skip
    assert said is not None
    return [f"{f.mode} {f.component}".strip() for f in said.failures]


SILENT = (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("stats", "names"),
    [
        ({"hold": (0.3, 0.0, 0.3, 0.9)}, ["reward-flooding hold"]),
        ({"pick": (0.1, 0.0, 0.5, 0.2)}, ["farmable-component pick"]),
        ({"goal": SILENT, "key": SILENT}, ["unreachable-milestone goal"]),
        (
            {"big": (-5.0, -9.0, 0.0, 0.9), "near": (0.001, -1.0, 1.0, 0.5)},
            ["dominated-component near", "exploration-limited"],
        ),
        (
            {"near": (0.002, -1.0, 1.0, 0.5), "goal": SILENT},
            ["exploration-limited", "never-fires goal"],
        ),
    ],
)
def test_figures_alone(stats: dict[str, tuple[float, ...]], names: list[str]) -> None:
    assert by_figures(**stats) == names
