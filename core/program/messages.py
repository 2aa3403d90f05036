"""Cures for what programs often contain and the language does not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

STATEMENT_CURES = {
    "Try": ("try", "Guard with `if` instead of catching errors."),
    "TryStar": ("try", "Guard with `if` instead of catching errors."),
    "With": ("with", "Remove it."),
    "ClassDef": ("class", "Use functions and plain variables; a class may hold constants only."),
    "Global": ("global", "A reward keeps no state; compute from prev, action and state."),
    "Delete": ("del", "Remove it."),
    "AsyncFunctionDef": ("async def", "Write a plain `def`."),
}
"""Keyword and cure by kind of statement."""

EXPRESSION_CURES = {
    "Starred": ("`*` here", "Spread in the arguments of a call, in a list or in a tuple."),
    "Yield": ("`yield`", "Return a value."),
    "YieldFrom": ("`yield`", "Return a value."),
    "Await": ("`await`", "Remove it."),
}
"""Description and cure by kind of expression."""

NAME_CURES = {
    "obs": "The inputs are prev, action and state.",
    "next_obs": "The inputs are prev, action and state.",
    "next_state": "`state` is the state after the action, `prev` the one before.",
    "prev_state": "`prev` is the state before the action.",
    "info": "Everything there is to know is a field of prev or state.",
    "self": "Write a plain function of prev, action and state.",
    "env": "A reward sees only prev, action and state.",
    "torch": "Only numpy and math are there.",
    "jnp": "Only numpy and math are there.",
    "random": "A reward must be deterministic; remove randomness.",
}
"""Cures for names that other reward interfaces have."""


def near(name: str, known: Iterable[str], label: str = "Known names") -> str:
    """The nearest of some names, or all of them."""
    names = sorted(set(known))
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean `{close[0]}`? " if close else ""
    return f"{hint}{label}: {', '.join(names[:40])}."
