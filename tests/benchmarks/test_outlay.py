"""What a search may cost at most is counted for every role that a paid model plays."""

from __future__ import annotations

import re

import pytest

from alignenv.benchmarks.outlay import outlay_line
from alignenv.benchmarks.settings import validate_settings
from alignenv.reward_design.designers.catalogue import plan_designer
from alignenv.testing.coders import example_card


def line(designer: str = "eureka", **changes: object) -> str:
    settings = validate_settings(
        {
            "env": "any",
            "designer": designer,
            "coder": "openai:gpt-5",
            "protocol": {"generations": 3, "candidates": 4},
            **changes,
        }
    )
    plan = plan_designer(designer, settings.coder, settings.designer_options, {})
    return outlay_line(settings, plan, example_card())


def requests(**changes: object) -> int:
    found = re.search(r"at most: ([0-9,]+) requests", line(**changes))  # type: ignore[arg-type]
    assert found is not None
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(
    ("changes", "n"),
    [
        ({}, 12),
        ({"analyst": "openai:gpt-5"}, 12 + 3),
        ({"analyst": "rules", "critic": "rules"}, 12 * 3),
        ({"critic": "openai:gpt-5", "critic_rounds": 1}, 12 * 2 + 1 + 12 * 2),
        ({"coder": "symbolic", "critic": "openai:gpt-5", "critic_rounds": 0}, 12 + 1),
        ({"designer": "text2reward", "designer_options": {"repairs": 2}}, 12 * 3),
        ({"designer": "auto-mc-reward", "designer_options": {"rounds": 1}}, 12 * 4),
    ],
)
def test_every_request_is_counted(changes: dict[str, object], n: int) -> None:
    assert requests(**changes) == n


def test_nobody_who_is_not_paid_costs_anything() -> None:
    for coder in ("symbolic", "replay:f.jsonl#gpt-5", "scripted:f", "manual"):
        assert line(coder=coder) == ""


def test_the_line_names_the_worst_case_and_its_caps() -> None:
    free = line()
    assert free.endswith("no cap, see --budget")
    assert "\n" not in free
    dollars = float(re.findall(r"([0-9.]+) US dollars", free)[0])
    # 12 replies of 8,192 tokens at 10 dollars a million, and as many prompts at an eighth of it.
    assert 0.98 + 0.12 < dollars < 0.98 + 0.30
    capped = line(budget="calls=5,usd=0.5")
    assert "at most: 5 requests" in capped
    assert "0.50 US dollars" in capped
    assert capped.endswith("nothing is sent that could pass calls=5,usd=0.5")


def test_an_unknown_price_is_said() -> None:
    assert "US dollars unknown without --price" in line(coder="openai:mine")
    assert "0.00 US dollars" in line(coder="openai:mine", price="in=0,out=0")
    mixed = line(analyst="openai:mine")
    assert "unknown" in mixed, "one unknown price makes the sum unknown"
