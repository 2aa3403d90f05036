"""Replies as models write them, and as a hostile one might."""

from __future__ import annotations

import ast
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignenv.reward_design.parsing import ENTRIES, ParsedReply, parse_reply
from alignenv.types import Failure, FailureKind

PROGRAM = "def reward(prev, action, state):\n    return 1.0, {}\n"


def program(text: str, *, is_cut_off: bool = False) -> ParsedReply:
    parsed = parse_reply(text, is_cut_off=is_cut_off)
    assert isinstance(parsed, ParsedReply), parsed
    return parsed


def failure(text: str, *, is_cut_off: bool = False) -> Failure:
    parsed = parse_reply(text, is_cut_off=is_cut_off)
    assert isinstance(parsed, Failure), parsed
    return parsed


@pytest.mark.parametrize(
    "text",
    [
        f"```python\n{PROGRAM}```",
        f"```\n{PROGRAM}```",
        f"~~~py\n{PROGRAM}~~~",
        f"````python\n{PROGRAM}````",
        f"Sure!\n\n```python\n{PROGRAM}```\nThis pays 1.",
        f"1. First:\n   ```python\n{PROGRAM.replace(chr(10), chr(10) + '   ').rstrip()}\n   ```",
        PROGRAM,
        f"Here is the program:\n\n{PROGRAM}",
        f"{PROGRAM}\nThis pays 1 for each step.",
        f"From here on\nfrom scratch:\n{PROGRAM}\nDone.",
        f"```python\n{PROGRAM}",
        f"```python\r\n{PROGRAM.replace(chr(10), chr(13) + chr(10))}```",
        f"```python\nprint('hello')\n```\n\nand then\n\n```python\n{PROGRAM}```",
        f"```json\n{{}}\n```\n```python\n{PROGRAM}```",
        f"```python\n{PROGRAM}```\n```text\ndef reward(: broken\n```",
    ],
)
def test_the_program_is_found(text: str) -> None:
    assert ast.dump(ast.parse(program(text).source)) == ast.dump(ast.parse(PROGRAM))


def test_a_potential_is_a_program() -> None:
    assert "potential" in program("```\ndef potential(state):\n    return 0.0\n```").source


def test_the_last_whole_program_counts() -> None:
    second = PROGRAM.replace("1.0", "2.0")
    assert "2.0" in program(f"```\n{PROGRAM}```\nBetter:\n```\n{second}```").source


def test_helpers_and_constants_of_the_same_block_are_kept() -> None:
    text = "SCALE = 2.0\n\ndef near(d):\n    return d * SCALE\n\n" + PROGRAM.replace(
        "1.0", "near(1)"
    )
    source = program(f"```python\n{text}```").source
    assert source.strip() == text.strip()


def test_helpers_of_other_blocks_are_fetched() -> None:
    helpers = "SCALE = 2.0\nUNUSED = 3.0\n\ndef near(d):\n    return d * SCALE\n"
    text = f"```python\n{helpers}```\nthen\n```python\n{PROGRAM.replace('1.0', 'near(1)')}```"
    source = program(text).source
    assert "UNUSED" not in source
    namespace = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    assert namespace == {"near", "reward"}
    assert source.index("SCALE = 2.0") < source.index("def near")


def test_the_note_is_the_first_line_of_prose() -> None:
    assert program(f"# Plan\n\nPay each step.\n```\n{PROGRAM}```\nBye.").note == "Pay each step."
    with_doc = PROGRAM.replace("    return", '    """Pays one."""\n    return')
    assert program(f"```\n{with_doc}```").note == "Pays one."


@pytest.mark.parametrize(
    "text", ["", "  \n", "I cannot do that.", "```\n```", "```python\nx = 1\n```"]
)
def test_no_code(text: str) -> None:
    assert failure(text).kind is FailureKind.NO_CODE


def test_missing_entry_names_what_is_there() -> None:
    reason = failure("```python\ndef compute_reward(s):\n    return 1\n```")
    assert reason.kind is FailureKind.NO_CODE
    assert "compute_reward" in reason.message


def test_nested_entry_is_no_entry() -> None:
    text = "```python\nclass A:\n    def reward(self):\n        return 1\n```"
    assert failure(text).kind is FailureKind.NO_CODE


def test_broken_code_says_where() -> None:
    reason = failure("```python\ndef reward(prev, action, state):\n    return (1\n    x = 2\n```")
    assert reason.kind is FailureKind.PARSE
    assert "line 2" in reason.message


def test_cut_off() -> None:
    assert failure(f"```python\n{PROGRAM[:-8]}", is_cut_off=True).kind is FailureKind.CUT_OFF
    assert failure("Let me think", is_cut_off=True).kind is FailureKind.CUT_OFF
    assert failure(f"```python\n{PROGRAM}", is_cut_off=True).kind is FailureKind.CUT_OFF
    assert failure(PROGRAM, is_cut_off=True).kind is FailureKind.CUT_OFF
    assert program(f"```python\n{PROGRAM}```\nThis pro", is_cut_off=True)


@pytest.mark.parametrize(
    "text",
    [
        "```python\ndef reward(prev, action, state):\n    return " + "(" * 5000 + "\n```",
        "```python\ndef reward(a):\n    return " + "-" * 20000 + "1\n```",
        "```python\ndef reward(a):\n    return '\\d'\n```",
        "```python\ndef reward(a):\n    return 1\x00\n```",
        "def \n" * 30_000,
        "def reward(:\n" * 20_000,
        "```\n" * 30_000,
        "x" * 1_000_000,
    ],
    ids=["deep", "unary", "escape", "null", "defs", "entries", "fences", "long"],
)
def test_hostile_replies_end_quickly(text: str) -> None:
    start = time.process_time()
    assert isinstance(parse_reply(text), ParsedReply | Failure)
    assert time.process_time() - start < 5.0


@given(st.text(max_size=500), st.booleans())
def test_any_text_is_answered(text: str, is_cut_off: bool) -> None:
    parsed = parse_reply(text, is_cut_off=is_cut_off)
    if isinstance(parsed, Failure):
        assert parsed.message
    else:
        names = [n.name for n in ast.parse(parsed.source).body if isinstance(n, ast.FunctionDef)]
        assert set(names) & set(ENTRIES)


_PIECES = st.sampled_from(
    ["```", "```python", PROGRAM, "def reward(a):", "    return 1", "prose", "x = 1", "~~~", "'"]
)


@given(st.lists(_PIECES, max_size=12), st.booleans())
def test_any_arrangement_is_answered(pieces: list[str], is_cut_off: bool) -> None:
    assert isinstance(parse_reply("\n".join(pieces), is_cut_off=is_cut_off), ParsedReply | Failure)
