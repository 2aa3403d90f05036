"""No text makes the checker fail, and no accepted text makes an execution fail."""

from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alignenv.errors import ProgramError
from alignenv.program import parse_program
from alignenv.spec import StateSpec
from alignenv.task import ActionSpec
from alignenv.testing.programs import edge_transitions, outcome

SOURCES = sorted((Path(__file__).parents[2] / "benchmarks/bench/data/llm_programs").glob("*.py"))
WORDS = [
    *("not", "and", "or", "if", "else", "elif", "for", "in", "break", "continue", "return"),
    *("lambda", "def", "while", "yield", "class", "try", "with", "global", "del", "import"),
    *("None", "True", "0", "-1", "1e308", "1e-320", "0x10", "np.inf", "np.nan", "state", "prev"),
    *("range", "zip", "enumerate", "sorted", "sum", "len", "max", "float", "int", "list", "dict"),
    *("*", "**", "...", "//", "%", "-", "~", "@", ":=", "==", "[::-1]", "f'{x}'", "'a'", "\\"),
    *("(", ")", "[", "]", "{", "}", ":", "=", ",", ".", ";", ")))", "(((", "[[[", "action"),
    *("state.view", "np.array", "np.where", "np.argwhere", "np.zeros(", ".append(", ".items()"),
]
N_SECONDS, MAX_CHECK_SECONDS = 6.0, 3.0
settings.register_profile(
    "fuzz", deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def accepts(source: str, spec: StateSpec, action: ActionSpec) -> bool:
    """Whether a text is accepted; anything but a verdict is an error."""
    started, rules = time.process_time(), []
    try:
        parse_program(source, spec, action)
    except ProgramError as error:
        rules = [problem.rule for problem in error.problems] or ["none"]
    assert time.process_time() - started < MAX_CHECK_SECONDS
    assert not {"R099", "none"} & set(rules), source
    return not rules


@settings(settings.get_profile("fuzz"), max_examples=150)
@given(source=st.text(max_size=300))
def test_arbitrary_text_gets_a_verdict(spec, source):
    accepts(source, spec, ActionSpec(n=7))


@settings(settings.get_profile("fuzz"), max_examples=150)
@given(body=st.lists(st.sampled_from([*WORDS, " ", "\n    ", "\n        "]), max_size=40))
def test_arbitrary_words_get_a_verdict(spec, body):
    source = "def reward(prev, action, state):\n    x = 1.0\n    " + " ".join(body)
    accepts(source, spec, ActionSpec(n=7))


@pytest.mark.parametrize(
    "source",
    [
        "",
        "\x00",
        "\ufeff",
        "def",
        "(" * 5000,
        "-" * 15000 + "1",
        "x = " + "[" * 99 + "]" * 99,
        "a." * 5000 + "b",
        "1" * 5000,
        "0x" + "f" * 15000,
        "lambda: " * 2000 + "1",
        "if 1:\n" + "".join("  " * i + " if 1:\n" for i in range(90)),
        "f'{" * 40 + "1" + "}'" * 40,
        "\\\n" * 300,
        "x = '''" + "a" * 19000,
        "def reward(prev, action, state):\n    return " + " + ".join(["1"] * 1500),
        "def reward(prev, action, state):\n    return " + " if 1 else ".join(["1"] * 300),
        "\ud800",
        "match x:\n    case {**y}: pass",
        "type X = int",
        "async def f():\n    await g()",
        "@" * 100,
        "def reward(prev, action, state):\n\tx = 1\n        return x",
        "break\ncontinue\nreturn 1\nyield 2",
        "def reward(prev, action, state):\n    break",
        "def reward(prev, prev, prev):\n    return 1",
        "def reward(prev, action, state):\n    return *state, 1",
        "def reward(prev, action, state, *, t=..., **k):\n    return 1",
        "reward = lambda prev, action, state: 1.0",
        "def reward(prev, action, state):\n    x: int\n    return x",
        "def reward(prev, action, state):\n    for prev.x in range(3): pass\n    return 1",
        "def reward(prev, action, state):\n    [0 for x.y in range(3)]\n    return 1",
        "def reward(prev, action, state):\n    (a, *b, *c) = 1, 2\n    return a",
        "def reward(prev, action, state):\n    return state.view[...], {}",
        "def reward(prev, action, state):\n    return np.array(...)[0]",
        "def reward(prev, action, state):\n    return 1.0, {(1, 2): 3.0}",
    ],
)  # fmt: skip
def test_awkward_texts_are_refused(source, spec):
    assert not accepts(source, spec, ActionSpec(n=7))


def mutate(tokens: list[str], rng: np.random.Generator) -> list[str]:
    changed = list(tokens)
    for _ in range(int(rng.integers(1, 5))):
        i, j = rng.integers(0, len(changed), 2).tolist()
        word = str(rng.choice([*WORDS, changed[j]]))
        match int(rng.integers(0, 4)):
            case 0:
                changed[i] = word
            case 1:
                changed.insert(i, word)
            case 2:
                changed[i], changed[j] = changed[j], changed[i]
            case _:
                del changed[i : i + int(rng.integers(1, 4))]
    return changed or [" "]


def test_mutated_programs_get_a_verdict_and_run(cards):
    rng, n_accepted, started = np.random.default_rng(0), 0, time.monotonic()
    while time.monotonic() - started < N_SECONDS:
        path = SOURCES[int(rng.integers(len(SOURCES)))]
        spec, action = cards[path.stem.split("_", 1)[1].rsplit("_", 1)[0]]
        tokens = re.findall(r"\w+|\s+|[^\w\s]", path.read_text(encoding="utf-8"))
        source = "".join(mutate(tokens, rng))
        if not accepts(source, spec, action):
            continue
        n_accepted += 1
        program = parse_program(source, spec, action)
        inputs = edge_transitions(spec, action, 2, seed=n_accepted)
        found = outcome(program, program.load(compiled=False), inputs)
        assert "interpreter failed" not in str(found), source
    assert n_accepted > 0
