"""Does the language fit what language models write?"""

from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.errors import ProgramError
from alignenv.program import Program, parse_program
from alignenv.spec import Field, StateSpec
from alignenv.task import ActionSpec
from alignenv.testing.programs import assert_agree, assert_like_python, edge_transitions

MIN_ACCEPTED, MIN_COMPILED = 0.98, 0.95
OLDER = StateSpec(
    (
        Field(name="obs", kind="vec24", low=-2.0, high=2.0),
        Field(name="x_velocity", kind="float", low=-2.0, high=2.0),
        Field(name="ctrl_cost", kind="float", low=0.0, high=2.0),
        Field(name="fell", kind="bool"),
    )
)
NAMES = sorted(
    p.stem for p in (Path(__file__).parents[2] / "benchmarks/bench/data/llm_programs").glob("*.py")
)
OLDER_NAMES = sorted(
    p.stem for p in (Path(__file__).parents[1] / "data/programs/older").glob("*.py")
)


@pytest.fixture(scope="module")
def accepted(llm, cards) -> dict[str, Program]:
    """Programs of language models that pass the check."""
    found = {}
    for name in NAMES:
        spec, action = cards[name.split("_", 1)[1].rsplit("_", 1)[0]]
        try:
            source = (llm / f"{name}.py").read_text(encoding="utf-8")
            found[name] = parse_program(source, spec, action)
        except ProgramError:
            continue
    return found


def test_models_programs_are_accepted_and_compile(accepted):
    assert len(accepted) >= MIN_ACCEPTED * len(NAMES)
    n_compiled = sum(not program.why_not for program in accepted.values())
    assert n_compiled >= MIN_COMPILED * len(accepted)


@pytest.mark.parametrize("name", NAMES)
def test_models_programs_mean_what_python_means(name, accepted):
    program = accepted[name]
    inputs = edge_transitions(program.spec, program.action, 8)
    assert assert_like_python(program, inputs) > 0


@pytest.mark.parametrize("name", NAMES[::4])
def test_compiled_and_interpreted_agree(name, accepted):
    program = accepted[name]
    assert_agree(program, edge_transitions(program.spec, program.action, 12))


@pytest.mark.hostile
@pytest.mark.parametrize("name", NAMES)
def test_compiled_and_interpreted_agree_on_many(name, accepted):
    program = accepted[name]
    assert_agree(program, edge_transitions(program.spec, program.action, 100, seed=1))


@pytest.mark.parametrize("name", OLDER_NAMES)
def test_older_style_programs_mean_what_python_means(name, data):
    source = (data / "older" / f"{name}.py").read_text(encoding="utf-8")
    program = parse_program(source, OLDER, ActionSpec(size=6))
    assert assert_like_python(program, edge_transitions(OLDER, program.action, 8)) > 0


def test_most_older_style_programs_compile(data):
    sources = [(data / "older" / f"{name}.py").read_text(encoding="utf-8") for name in OLDER_NAMES]
    programs = [parse_program(source, OLDER, ActionSpec(size=6)) for source in sources]
    assert sum(not program.why_not for program in programs) >= 24
    program = programs[4]
    assert_agree(program, edge_transitions(OLDER, program.action, 8))


def test_the_older_signature_is_answered_with_the_right_one(cards):
    spec, action = cards["lava"]
    with pytest.raises(ProgramError, match=r"def reward\(prev, action, state\)"):
        parse_program(
            "def compute_reward(obs, action, next_obs, info):\n    return 1\n", spec, action
        )
