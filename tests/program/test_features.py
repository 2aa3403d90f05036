"""What language models write, piece by piece: accepted, compiled, and equal to Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.program import parse_program
from alignenv.task import ActionSpec
from alignenv.testing.programs import (
    as_function,
    assert_agree,
    assert_like_python,
    edge_transitions,
    read_cases,
)

CASES = read_cases(Path(__file__).parents[1] / "data" / "programs" / "features.txt")
GROUP = 6
GROUPS = [list(CASES)[i : i + GROUP] for i in range(0, len(CASES), GROUP)]
DISCRETE = ActionSpec(n=7)


@pytest.mark.parametrize("name", CASES)
def test_values_are_those_of_python(name, spec):
    program = parse_program(as_function(CASES[name]), spec, DISCRETE)
    assert program.why_not == ""
    assert assert_like_python(program, edge_transitions(spec, DISCRETE, 24)) > 0


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[0])
def test_compiled_values_are_those_of_the_interpreter(names, spec):
    functions = [as_function(CASES[name], f"case_{i}") for i, name in enumerate(names)]
    parts = ", ".join(f"'{i}': case_{i}(prev, action, state)" for i in range(len(names)))
    source = "".join(functions) + as_function(f"return 0.0, {{{parts}}}")
    program = parse_program(source, spec, DISCRETE)
    assert program.why_not == ""
    assert_agree(program, edge_transitions(spec, DISCRETE, 24))
