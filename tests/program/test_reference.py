"""The page on the language says what the tables say.

`python tests/program/test_reference.py` writes the generated parts of the page anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alignenv.program import parse_program, summary
from alignenv.program.summary import fault_table, limit_table, rule_table
from alignenv.spec import StateSpec
from alignenv.task import ActionSpec

PAGE = Path(__file__).parents[2] / "docs" / "reward-language.md"
PARTS = {"language": summary, "rules": rule_table, "faults": fault_table, "limits": limit_table}


def generated(text: str) -> str:
    """The page with its generated parts renewed."""
    for name, make in PARTS.items():
        begin, end = f"% {name} begins\n", f"% {name} ends\n"
        part = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        assert part.search(text), name
        text = part.sub(lambda _, b=begin, m=make, e=end: f"{b}\n{m()}\n\n{e}", text)
    return text


def test_the_page_is_up_to_date():
    text = PAGE.read_text(encoding="utf-8")
    assert generated(text) == text


def test_the_summary_is_short_and_names_what_there_is():
    lines = summary().splitlines()
    assert len(lines) <= 16
    for word in ("np:", "linalg.norm", "tanh", "components", "while", "20000"):
        assert word in summary()


NUMPY_NAMES = summary().split("- np: ")[1].split("\n")[0].rstrip(".").split(", ")


@pytest.mark.parametrize("name", NUMPY_NAMES)
def test_every_function_of_the_summary_is_known(name, spec: StateSpec):
    source = f"def reward(prev, action, state):\n    f = np.{name}\n    return 1.0\n"
    assert parse_program(source, spec, ActionSpec(n=7)).kind == "reward"


if __name__ == "__main__":
    PAGE.write_text(generated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
