"""The codes of the reward language: why a program is refused, and why a value is.

`docs/reward-language.md` and the prompts' summary are generated from these tables.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason to refuse a program before it runs.

    Attributes:
        title: What the rule is about.
        cure: What to write instead, when the message names nothing more precise.
    """

    title: str
    cure: str


RULES = {
    "R001": Rule("not readable text", "Send UTF-8 Python text."),
    "R002": Rule("forbidden character", "Use plain ASCII outside comments and strings."),
    "R003": Rule("too long", "Shorten the program."),
    "R004": Rule("too deep or too much work", "Split expressions and shorten loops."),
    "R005": Rule("literal too long", "Use a number below 2**53 or a shorter string."),
    "R006": Rule("not valid Python", "Correct the syntax."),
    "R010": Rule(
        "no reward function",
        "Define `def reward(prev, action, state):` or `def potential(state):`.",
    ),
    "R011": Rule("name defined twice", "Keep one definition."),
    "R012": Rule(
        "statement at top level", "Keep only imports, constants and functions at top level."
    ),
    "R013": Rule("decorator or async function", "Write a plain `def`."),
    "R014": Rule("wrong parameters", "Write `def reward(prev, action, state):`."),
    "R016": Rule("recursion", "Write a bounded `for` loop."),
    "R017": Rule("no value returned", "End every path with `return total, components`."),
    "R020": Rule("name of another module", "Only numpy and math are there."),
    "R030": Rule("unknown name", "Assign it first, or use a function of the language."),
    "R031": Rule("private name", "Use names without leading double underscores."),
    "R032": Rule("reserved name", "Choose another name."),
    "R034": Rule("function not in the language", "Use plain arithmetic."),
    "R035": Rule("unknown field or attribute", "Use a field of the task card."),
    "R036": Rule("unknown method", "Use a function such as np.sum instead."),
    "R037": Rule("wrong kind of value", "Pass a number or an array of numbers."),
    "R038": Rule("wrong arguments", "Pass the plain arguments only."),
    "R039": Rule("f-string", "Use f-strings only to name components, without a format."),
    "R040": Rule("statement not in the language", "Use assignments, if, for and return."),
    "R041": Rule("expression not in the language", "Use arithmetic and function calls."),
    "R043": Rule("loops nested too deeply", "Nest at most 4 loops."),
    "R044": Rule("output", "Remove it."),
    "R045": Rule("may be unassigned", "Assign it on every path, for instance before the `if`."),
    "R046": Rule("index or key that is not there", "Stay inside the length."),
    "R050": Rule("change of an input", "Copy it first: `x = np.array(state.pos)`."),
    "R051": Rule("change of a constant", "Build a new value inside the function."),
    "R060": Rule(
        "component names", "Return `total, {'name': number, ...}` with names written out."
    ),
    "R061": Rule("kind of the returned value", "Return a number, or `number, {'name': number}`."),
    "R070": Rule("does not compile", "Keep shapes and lengths the same on every path."),
    "R098": Rule("compiled and interpreted values differ", "Report it: this is a fault of ours."),
    "R099": Rule("fault of the checker", "Report it; the program counts as refused."),
}
"""Codes of `ProgramError`."""

FAULTS = {
    "E001": "too many loop iterations",
    "E010": "division by zero",
    "E011": "outside the domain of a function",
    "E012": "overflow",
    "E020": "not finite",
    "E021": "too large",
    "E022": "not a pure function",
    "E023": "index or key that is not there",
    "E024": "wrong kind of value",
    "E025": "stopped by the program itself",
}
"""Codes of `ValueFault`."""


class Wrong(Exception):  # noqa: N818 - control flow of the checker, never seen by users
    """A rule is broken at the place being evaluated."""

    def __init__(self, rule: str, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.cure = cure or RULES[rule].cure


class Fault(Exception):  # noqa: N818 - control flow of the interpreter, never seen by users
    """A value went wrong while one row was being evaluated."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
