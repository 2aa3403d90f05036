"""Programs in the style of model replies: accepted, compiled, and equal in both executions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alignenv.errors import ProgramError
from alignenv.program import Program, parse_program
from alignenv.program.check import Surroundings, surroundings_of_card, surroundings_of_env
from alignenv.testing.programs import assert_agree, assert_like_python, edge_transitions, read_cases

DATA = Path(__file__).parents[1] / "data" / "programs"
LLM = Path(__file__).parents[2] / "benchmarks" / "bench" / "data" / "llm_programs"
CARDS = (LLM / "cards.json", DATA / "written" / "cards.json")
TASKS = {
    "unlock": "AlignEnv-Unlock-v0",
    "fourrooms": "AlignEnv-FourRooms-v0",
    "empty": "AlignEnv-Empty-8x8-v0",
}
HEADINGS = {
    name: source
    for kind in ("dev", "held_out")
    for name, source in read_cases(DATA / "written" / f"{kind}.txt").items()
}
REFUSED = {name.partition(": ")[0]: name.partition(": ")[2] for name in HEADINGS if ": " in name}
SOURCES = {name.partition(": ")[0]: source for name, source in HEADINGS.items()}
ACCEPTED = [name for name in SOURCES if name not in REFUSED]
MIN_COMPILED = 0.95
IN_FLOAT32 = {"doorkey_15"}
"""Programs that round to float32, which the language does not."""


def around(name: str) -> Surroundings:
    """The fields and the action that a program was written for."""
    card = name.rpartition("_")[0]
    if card in TASKS:
        return surroundings_of_env(TASKS[card])
    (path,) = [p for p in CARDS if card in json.loads(p.read_text(encoding="utf-8"))["cards"]]
    return surroundings_of_card(f"{path}:{card}")


def parsed(name: str) -> Program:
    where = around(name)
    return parse_program(SOURCES[name], where.spec, where.action)


def test_most_are_accepted_and_compile():
    assert len(SOURCES) >= 150
    programs = [parsed(name) for name in ACCEPTED]
    assert sum(not program.why_not for program in programs) >= MIN_COMPILED * len(programs)


@pytest.mark.parametrize("name", [name for name in ACCEPTED if name not in IN_FLOAT32])
def test_they_mean_what_python_means(name, capsys):
    program = parsed(name)
    assert assert_like_python(program, edge_transitions(program.spec, program.action, 12)) > 0


@pytest.mark.parametrize("name", REFUSED)
def test_some_are_refused_with_the_stated_rule(name):
    with pytest.raises(ProgramError) as refused:
        parsed(name)
    assert REFUSED[name] in [problem.rule for problem in refused.value.problems]


def both_agree(name: str, n: int, seed: int) -> None:
    program = parsed(name)
    if not program.why_not:
        assert_agree(program, edge_transitions(program.spec, program.action, n, seed))


@pytest.mark.parametrize("name", ACCEPTED[::6])
def test_compiled_and_interpreted_agree(name):
    both_agree(name, 8, 0)


@pytest.mark.hostile
@pytest.mark.parametrize("name", ACCEPTED)
def test_compiled_and_interpreted_agree_on_many(name):
    both_agree(name, 100, 1)
