"""Every rule refuses a bad program, with its line, and lets a good neighbour pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from alignenv.errors import ProgramError
from alignenv.program.rules import RULES
from alignenv.testing.programs import as_function, read_cases


def reward(*lines: str) -> str:
    return as_function("\n".join(lines))


Example = tuple[str | bytes, int, str]


def examples() -> dict[str, Example]:
    """Per code: a bad program, the line of its problem, and a good neighbour."""
    found: dict[str, Example] = {
        "R001": (b"return 1", 0, reward("return 1.0")),
        "R002": (reward("a = 1", "return a  # \u202e"), 3, reward("return 1.0  # caf\u00e9")),
        "R003": (reward(*["x = 1"] * 400), 0, reward(*["x = 1"] * 300, "return x")),
    }
    cases = read_cases(Path(__file__).parents[1] / "data" / "programs" / "rules.txt")
    for name, text in cases.items():
        code, _, kind = name.partition(" bad, line ")
        if kind:
            found[code] = (text, int(kind), cases[f"{code} good"])
    return found


EXAMPLES = examples()
NOT_FROM_TEXT = {"R070", "R098", "R099"}
"""Found when a program is loaded, when it runs, or never."""


def test_every_rule_has_an_example():
    assert EXAMPLES.keys() | NOT_FROM_TEXT == RULES.keys()


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_bad_program_is_refused_with_line_and_cure(code, parse):
    source, line, _ = EXAMPLES[code]
    with pytest.raises(ProgramError, match=rf"\[{code}\]") as refused:
        parse(source)
    found = [problem for problem in refused.value.problems if problem.rule == code]
    assert found[0].line == line
    assert found[0].message
    assert found[0].cure


@pytest.mark.parametrize("code", EXAMPLES)
def test_its_good_neighbour_is_accepted(code, parse):
    assert parse(EXAMPLES[code][2]).kind in ("reward", "potential")


def test_all_problems_come_in_one_pass_and_in_line_order(parse):
    source = reward(
        "import random",
        "x = random.random()",
        "try:\n    x = np.foo(x)\nfinally:\n    pass",
        "y = state.nope + undefined",
        "return x + y",
    )
    with pytest.raises(ProgramError, match="R020") as refused:
        parse(source)
    problems = refused.value.problems
    assert [p.rule for p in problems] == ["R020", "R040", "R034", "R035", "R030"]
    assert [p.line for p in problems] == sorted(p.line for p in problems)


def test_kinds_and_shapes_are_found_together(parse):
    source = reward(
        "a = state.pos + state.vel", "b = [1.0][3]", "c = 1.0 + None", "return a + b + c"
    )
    with pytest.raises(ProgramError, match="R037") as refused:
        parse(source)
    assert [(p.line, p.rule) for p in refused.value.problems] == [
        (2, "R037"),
        (3, "R046"),
        (4, "R037"),
    ]


def test_a_consequence_of_a_problem_is_not_reported(parse):
    with pytest.raises(ProgramError, match="R035") as refused:
        parse(
            "def f(s):\n    return s.nope\n"
            + reward("a = f(state)", "b = a * 2", "return b[0] + a")
        )
    assert len(refused.value.problems) == 1


def test_at_most_twelve_problems(parse):
    lines = [f"x{i} = unknown{i}" for i in range(30)]
    with pytest.raises(ProgramError, match="R030") as refused:
        parse(reward(*lines, "return 1.0"))
    assert len(refused.value.problems) == 12


@pytest.mark.parametrize("branch", ["if state.flag:", "for _ in range(int(state.level)):"])
def test_what_may_not_run_must_assign_nothing_that_is_needed(branch, parse):
    with pytest.raises(ProgramError, match="R045"):
        parse(reward(f"{branch}\n    x = 1.0", "return x"))


def test_what_surely_runs_may_assign(parse):
    assert parse(reward("for i in range(3):\n    x = i", "return x")).why_not == ""


def test_a_potential_beside_a_reward_is_a_helper(parse):
    program = parse("def potential(s):\n    return s.dist\n" + reward("return potential(state)"))
    assert program.kind == "reward"


def test_the_id_ignores_line_ends_and_trailing_space(parse):
    text = reward("return state.dist")
    same = parse("\ufeff" + text.replace("\n", "  \r\n"))
    assert parse(text).id == same.id
    assert parse(text).source == same.source
    assert parse(reward("return state.speed")).id != same.id
    assert len(same.id) == 16


def test_a_program_tells_what_it_reads(parse):
    program = parse("def potential(s, t):\n    return s.dist * t + s.pos[0]\n")
    assert program.fields == {"dist", "pos"}
    assert program.uses_time
    assert program.components == ()
    assert not parse(reward("return 1.0")).uses_time


def test_components_are_in_order_of_appearance(parse):
    source = reward(
        "if state.done:\n    return -1.0, {'death': -1.0}",
        "d = {'near': state.dist}",
        "if state.flag:\n    d['bonus'] = 1.0",
        "return sum(d.values()), d",
    )
    assert parse(source).components == ("death", "near", "bonus")


def test_imports_are_dropped_and_judged_by_use(parse):
    source = (
        "from __future__ import annotations\nimport torch\nfrom typing import Dict\n"
        "from math import exp as e\nfrom numpy.linalg import norm\nimport numpy as xp\n"
        + reward("from math import tanh", "return e(-norm(state.pos)) + xp.abs(-1) + tanh(0.5)")
    )
    assert parse(source).kind == "reward"


def test_annotations_and_main_blocks_are_never_looked_at(parse):
    source = (
        "X: open('/etc/passwd') = 1.0\n"
        "def reward(prev: exec('1'), action: int, state) -> eval('2'):\n    return X\n"
        "if __name__ == '__main__':\n    open('x').write('y')\n"
    )
    assert parse(source).kind == "reward"
