"""Hard caps on calls, tokens and money, checked before anything is sent."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass
from importlib import resources

from alignenv.errors import BudgetExceeded, ConfigError
from alignenv.reward_design.llm.types import ChatReply, ChatRequest, Spend

_BYTES_PER_TOKEN = 3
_TOKENS_PER_MESSAGE = 8


def estimate_tokens(text: str) -> int:
    """Tokens of a text, on the high side: English and code take 3 to 4.5 bytes a token."""
    return math.ceil(len(text.encode(errors="replace")) / _BYTES_PER_TOKEN)


def prompt_tokens(request: ChatRequest) -> int:
    """Tokens of all messages of a request, on the high side."""
    return sum(estimate_tokens(m.content) + _TOKENS_PER_MESSAGE for m in request.messages)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, which is millionths of a dollar per token."""

    prompt: float
    completion: float

    @classmethod
    def parse(cls, text: str) -> Price:
        """Read `in=1.25,out=10`.

        Raises:
            ConfigError: It is not exactly one `in` and one `out`, both >= 0.
        """
        pairs = _pairs(text, ("in", "out"), what="price")
        if len(pairs) != 2:
            raise ConfigError(
                f"Price {text!r} needs both in and out.",
                cure="Write US dollars per million tokens, such as in=1.25,out=10.",
            )
        return cls(prompt=pairs["in"], completion=pairs["out"])

    def micro_usd(self, prompt: int, completion: int) -> int:
        """Price of that many tokens in millionths of a dollar, rounded up."""
        return math.ceil(prompt * self.prompt + completion * self.completion)


FREE = Price(0.0, 0.0)
"""What replayed, scripted and pasted replies cost."""


def find_price(model: str) -> Price | None:
    """List price of a model in `prices.toml`, or None when the file does not have it."""
    text = resources.files(__package__).joinpath("prices.toml").read_text(encoding="utf-8")
    row = tomllib.loads(text)["models"].get(model)
    return None if row is None else Price(prompt=row["in"], completion=row["out"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Caps on everything a study spends on language models; None is no cap.

    Attributes:
        calls: Requests sent, retries included.
        tokens: Prompt and reply tokens.
        usd: US dollars.
    """

    calls: int | None = None
    tokens: int | None = None
    usd: float | None = None

    @classmethod
    def parse(cls, text: str) -> Budget:
        """Read `calls=40,tokens=200000,usd=2`; any of the three may be left out.

        Raises:
            ConfigError: A name is unknown, given twice, or its value is no number >= 0.
        """
        pairs = _pairs(text, ("calls", "tokens", "usd"), what="budget")
        for name in ("calls", "tokens"):
            if name in pairs and pairs[name] != int(pairs[name]):
                raise ConfigError(
                    f"Budget {name}={pairs[name]:g} is not whole.", cure="Write a whole number."
                )
        return cls(
            calls=int(pairs["calls"]) if "calls" in pairs else None,
            tokens=int(pairs["tokens"]) if "tokens" in pairs else None,
            usd=pairs.get("usd"),
        )

    def check(self, spent: Spend, worst: Spend) -> None:
        """Refuse what could pass a cap.

        Args:
            spent: Counted so far.
            worst: Most that the next requests can cost.

        Raises:
            BudgetExceeded: Together they could pass a cap; nothing was sent.
        """
        for name, cap, used, more in (
            ("calls", self.calls, spent.calls, worst.calls),
            ("tokens", self.tokens, spent.tokens, worst.tokens),
            ("usd", self.usd, spent.usd, worst.usd),
        ):
            if cap is not None and used + more > cap:
                raise BudgetExceeded(
                    f"The budget is {name}={cap:g}; {used:g} is spent and the next requests could "
                    f"take {more:g} more. They were not sent.",
                    cure=f"Raise {name} in --budget and resume, or keep what was found.",
                )


def price_of(model: str, given: Price | None, budget: Budget) -> Price | None:
    """Price of a model: the one given, or its list price; None when neither is known.

    Raises:
        ConfigError: It is not known and the budget caps money.
    """
    price = given or find_price(model)
    if budget.usd is not None and price is None:
        raise ConfigError(
            f"The price of {model} is not known, so that a cap in usd cannot be kept.",
            cure="Give --price in=..,out=.. in US dollars per million tokens, or cap calls and "
            "tokens instead.",
        )
    return price


def worst_case(request: ChatRequest, price: Price | None) -> Spend:
    """The most that one attempt of a request can cost: its prompt and a reply of full length."""
    prompt = prompt_tokens(request)
    return _spend(prompt, request.max_tokens, price, estimated=True)


def cost(reply: ChatReply, price: Price | None) -> Spend:
    """What one answered attempt cost."""
    return _spend(reply.prompt_tokens, reply.completion_tokens, price, estimated=reply.estimated)


def _spend(prompt: int, completion: int, price: Price | None, *, estimated: bool) -> Spend:
    micro_usd = 0 if price is None else price.micro_usd(prompt, completion)
    return Spend(calls=1, tokens=prompt + completion, micro_usd=micro_usd, estimated=estimated)


def _pairs(text: str, names: tuple[str, ...], *, what: str) -> dict[str, float]:
    """Read `name=number,...` with distinct known names and finite numbers >= 0."""
    pairs: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = (piece.strip() for piece in part.partition("="))
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if name not in names or name in pairs or not math.isfinite(number) or number < 0:
            raise ConfigError(
                f"Cannot read {part.strip()!r} in the {what} {text!r}.",
                cure=f"Write name=number with the names {', '.join(names)}, each once.",
            )
        pairs[name] = number
    return pairs
