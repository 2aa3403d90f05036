"""The pool of solved examples for few-shot prompts, and which of them are nearest to a task."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from alignenv.reward_design.text import plain
from alignenv.spec import StateSpec
from alignenv.task import ActionSpec, TaskCard

_WORD = re.compile(r"[a-z]{3,}")
_COMMON = frozenset({"the", "and", "for", "with", "its", "from", "all", "into", "onto", "possible"})


@dataclass(frozen=True, slots=True)
class Example:
    """A task that is no task of the suite, and a reward for it.

    Attributes:
        goal: The goal in words.
        action: Its action.
        state: Its fields.
        program: A reward that an expert would write.
    """

    goal: str
    action: ActionSpec
    state: StateSpec
    program: str

    @property
    def types(self) -> str:
        """The task as Python types."""
        return as_types(self.state, self.action)


@cache
def pool() -> tuple[Example, ...]:
    """All examples, in the order of the file."""
    text = resources.files(__package__).joinpath("examples.toml").read_text(encoding="utf-8")
    return tuple(
        Example(
            goal=row["goal"],
            action=ActionSpec(n=row.get("n", 0), size=row.get("size", 0), meaning=row["action"]),
            state=StateSpec.from_card(row["fields"]),
            program=row["program"].strip(),
        )
        for row in tomllib.loads(text)["example"]
    )


def nearest(card: TaskCard, n: int) -> tuple[Example, ...]:
    """The `n` examples nearest to a card; the first of equals.

    First those with the same sort of action, discrete or continuous; among them by the share of
    words, of the goal and of the fields' names, that both have.
    """
    words = _words(card.goal, card.state)

    def distance(example: Example) -> tuple[bool, float]:
        others = _words(example.goal, example.state)
        is_other_sort = bool(example.action.n) != bool(card.action.n)
        return (is_other_sort, -len(words & others) / len(words | others))

    return tuple(sorted(pool(), key=distance)[:n])


def as_types(state: StateSpec, action: ActionSpec) -> str:
    """Fields and action in the form of Python types, for prompts."""
    lines = ["class State:"]
    told = {f.name: plain(f.describe(), 1000).removeprefix(f.name) for f in state}
    lines += [f"    {f.name}: {_kind(f.kind)}  #{told[f.name]}" for f in state]
    lines += ["", f"Action = {_kind(action.kind)}  # {plain(action.meaning, 1000)}", ""]
    lines.append("def reward(prev: State, action: Action, state: State):")
    lines.append("    return total, {'name': part}  # floats; prev is the state before the action")
    return "\n".join(lines)


def _kind(kind: str) -> str:
    """Python's word for a kind of field; arrays keep their size in the comment beside it."""
    return kind if kind in ("float", "int", "bool") else "np.ndarray"


def _words(goal: str, state: StateSpec) -> frozenset[str]:
    names = " ".join(f.name.replace("_", " ") for f in state)
    return frozenset(_WORD.findall(f"{goal} {names}".lower())) - _COMMON
