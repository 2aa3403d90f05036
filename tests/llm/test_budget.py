from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignenv.errors import BudgetExceeded, ConfigError
from alignenv.reward_design.llm.budget import (
    Budget,
    Price,
    cost,
    estimate_tokens,
    find_price,
    worst_case,
)
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Message, Spend


def test_budget_is_read() -> None:
    assert Budget.parse("calls=40,tokens=200000,usd=2") == Budget(calls=40, tokens=200000, usd=2)
    assert Budget.parse(" usd = 0.5 ") == Budget(usd=0.5)


@pytest.mark.parametrize(
    "text", ["", "calls", "calls=", "calls=many", "euro=2", "calls=1,calls=2", "usd=-1", "usd=nan"]
)
def test_malformed_budgets_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="budget"):
        Budget.parse(text)


def test_calls_are_whole() -> None:
    with pytest.raises(ConfigError, match="not whole"):
        Budget.parse("calls=1.5")


def test_price_is_read() -> None:
    assert Price.parse("in=1.25,out=10") == Price(1.25, 10.0)
    with pytest.raises(ConfigError, match="both in and out"):
        Price.parse("in=1")


def test_price_file() -> None:
    assert find_price("gpt-5") == Price(1.25, 10.0)
    assert find_price("no-such-model") is None


def test_money_is_rounded_up_to_millionths() -> None:
    assert Price(0.15, 0.6).micro_usd(1, 0) == 1
    assert Price(0.15, 0.6).micro_usd(1_000_000, 1_000_000) == 750_000


def test_spends_add_up() -> None:
    total = sum([Spend(calls=1, tokens=2, micro_usd=3), Spend(calls=1, estimated=True)], Spend())
    assert total == Spend(calls=2, tokens=2, micro_usd=3, estimated=True)
    assert Spend(micro_usd=1_500_000).usd == 1.5


def test_caps_are_inclusive() -> None:
    budget = Budget(calls=2, tokens=100, usd=1)
    budget.check(Spend(calls=1, tokens=50), Spend(calls=1, tokens=50, micro_usd=1_000_000))
    with pytest.raises(BudgetExceeded, match="tokens=100"):
        budget.check(Spend(tokens=50), Spend(tokens=51))
    with pytest.raises(BudgetExceeded, match="usd=1"):
        budget.check(Spend(), Spend(micro_usd=1_000_001))


@given(st.text(max_size=300), st.integers(1, 5000), st.integers(0, 100))
def test_worst_case_covers_a_reply_of_full_length(text: str, limit: int, n_prompt: int) -> None:
    request = ChatRequest(model="m", messages=(Message("user", text),), slot=0, max_tokens=limit)
    price = Price(1.0, 3.0)
    worst = worst_case(request, price)
    prompt = min(n_prompt, estimate_tokens(text))
    spend = cost(ChatReply(text="", prompt_tokens=prompt, completion_tokens=limit), price)
    assert spend.tokens <= worst.tokens
    assert spend.micro_usd <= worst.micro_usd
