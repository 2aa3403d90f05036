"""Every rule refuses a bad program, with its line, and lets a good neighbour pass."""

from __future__ import annotations

import pytest

from alignenv.errors import ProgramError
from alignenv.program.rules import RULES


def reward(*lines: str) -> str:
    body = "\n".join(f"    {line}" for part in lines for line in part.split("\n"))
    return f"def reward(prev, action, state):\n{body}\n"


DEEP = "x = " + "-(" * 39 + "1.0" + ")" * 39
NESTED = "\n".join(f"{'    ' * i}for i{i} in range(2):" for i in range(5)) + f"\n{'    ' * 5}pass"

# Code: (bad program, line of the problem, good neighbour).
EXAMPLES = {
    "R001": (b"return 1", 0, reward("return 1.0")),
    "R002": (reward("a = 1", "return a  # \u202e"), 3, reward("return 1.0  # café")),
    "R003": (reward("x = 1\n" * 400, "return x"), 0, reward("x = 1\n" * 300, "return x")),
    "R004": (
        reward("x = " + "(" * 60 + "1" + ")" * 60, "return x"),
        2,
        reward("x = ((((1))))", "return x"),
    ),
    "R005": (reward("return 2 ** 60 + 9007199254740993"), 2, reward("return 1e300 * 1e-300")),
    "R006": (reward("return (1.0 +"), 3, reward("return (1.0 +\n        2.0)")),
    "R010": ("def compute_reward(obs):\n    return 1.0\n", 1, "def potential(s):\n    return 1.0\n"),
    "R011": (reward("return 1.0") + "\n" + reward("return 2.0"), 4, reward("return 1.0")),
    "R012": ("X = 1\nfor i in range(3):\n    X = 2\n" + reward("return X"), 2, "X = 1\n" + reward("return X")),
    "R013": (
        "import functools\n@functools.cache\ndef f(x):\n    return x\n" + reward("return f(1)"),
        3,
        "def f(x):\n    return x\n" + reward("return f(1)"),
    ),
    "R014": (
        "def reward(state, action, next_state):\n    return 1.0\n",
        1,
        "def reward(prev, action, state, t):\n    return t\n",
    ),
    "R015": (
        "def f(x, seen=[]):\n    return x\n" + reward("return f(1)"),
        1,
        "K = 2.0\ndef f(x, k=K):\n    return x * k\n" + reward("return f(1)"),
    ),
    "R016": (
        "def f(n):\n    return 1.0 if n < 2 else f(n - 1)\n" + reward("return f(state.level)"),
        2,
        "def f(n):\n    return n\ndef g(n):\n    return f(f(n))\n" + reward("return g(1)"),
    ),
    "R017": (
        reward("if state.flag:\n    return 1.0"),
        2,
        reward("if state.flag:\n    return 1.0\nelse:\n    return 2.0"),
    ),
    "R020": (
        "from scipy.spatial.distance import cdist\n" + reward("return cdist(state.pos, state.goal)"),
        3,
        "from scipy.spatial.distance import cdist\nimport os\n" + reward("return 1.0"),
    ),
    "R030": (reward("return rewrd_scale * 2"), 2, "reward_scale = 1\n" + reward("return reward_scale")),
    "R031": (reward("return state.__class__"), 2, "def _f(x):\n    return x\n" + reward("return _f(1)")),
    "R032": ("def range(n):\n    return n\n" + reward("return range(3)"), 1, reward("sum = 1.0\nreturn sum")),
    "R034": (reward("return np.random.rand()"), 2, reward("return np.tanh(state.dist)")),
    "R035": (reward("return state.distance"), 2, reward("return state.dist")),
    "R036": (reward("return state.pos.norm()"), 2, reward("return state.pos.sum()")),
    "R037": (reward("return state.pos + 'x'"), 2, reward("return state.pos[0] + 1")),
    "R038": (reward("return np.clip(state.dist, 0, 1, out=1)"), 2, reward("return np.clip(1, a_min=0, a_max=1)")),
    "R039": (
        reward("d = {f'a{1:03d}': 1.0}\nreturn 1.0, d"),
        2,
        reward("d = {f'a_{i}': 1.0 for i in range(2)}\nreturn 1.0, d"),
    ),
    "R040": (
        reward("x = 1.0\nwhile x < 3:\n    x += 1\nreturn x"),
        3,
        reward("x = 1.0\nfor _ in range(3):\n    x += 1\nreturn x"),
    ),
    "R041": (reward("if (n := state.dist) > 1:\n    return n\nreturn 0.0"), 2, reward("return 1.0 if state.flag else 0.0")),
    "R043": (reward(NESTED, "return 1.0"), 6, reward("for i in range(2):\n    for j in range(2):\n        pass\nreturn 1.0")),
    "R044": (reward("print(state.dist)\nreturn 1.0"), 2, reward("return 1.0")),
    "R045": (
        reward("if state.flag:\n    x = 1.0\nreturn x"),
        4,
        reward("x = 0.0\nif state.flag:\n    x = 1.0\nreturn x"),
    ),
    "R046": (reward("return [1.0, 2.0][2]"), 2, reward("return [1.0, 2.0][-1]")),
    "R050": (
        reward("d = state.pos\nd -= state.goal\nreturn d[0]"),
        3,
        reward("d = np.array(state.pos)\nd -= state.goal\nreturn d[0]"),
    ),
    "R051": (
        "SEEN = []\n" + reward("SEEN.append(1)\nreturn len(SEEN)"),
        3,
        "SEEN = []\n" + reward("seen = SEEN.copy()\nseen.append(1)\nreturn len(seen)"),
    ),
    "R060": (
        reward("name = 'a' if state.flag else 'b'\nreturn 1.0, {name: 1.0}"),
        3,
        reward("d = {}\nif state.flag:\n    d['a'] = 1.0\nreturn 1.0, d"),
    ),
    "R061": (reward("return state.pos"), 2, reward("return state.pos[0], {}")),
}  # fmt: skip
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
        "while x:\n    x = np.foo(x)",
        "y = state.nope + undefined",
        "return x + y",
    )
    with pytest.raises(ProgramError, match="R020") as refused:
        parse(source)
    problems = refused.value.problems
    assert [p.rule for p in problems] == ["R020", "R040", "R034", "R035", "R030"]
    assert [p.line for p in problems] == sorted(p.line for p in problems)


def test_kinds_and_shapes_are_found_together(parse):
    source = reward("a = state.pos + state.vel", "b = [1.0][3]", "c = 1.0 + None", "return a + b + c")
    with pytest.raises(ProgramError, match="R037") as refused:
        parse(source)
    assert [(p.line, p.rule) for p in refused.value.problems] == [(2, "R037"), (3, "R046"), (4, "R037")]


def test_a_consequence_of_a_problem_is_not_reported(parse):
    with pytest.raises(ProgramError, match="R035") as refused:
        parse("def f(s):\n    return s.nope\n" + reward("a = f(state)", "b = a * 2", "return b[0] + a"))
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
