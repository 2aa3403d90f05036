"""What a form is: arrays of elements, an instruction of lines, and what they are called."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

TEXT, CHOICE, DATE, CHECKBOX = range(4)
"""Kinds of elements."""
KINDS = ("text", "choice", "date", "checkbox")
EMPTY = 0
"""Value of an empty text and of a choice that nobody made."""
MAX_ALPHABET = 12
NONSENSE = MAX_ALPHABET + 1
"""Value of a text into which something was typed that is no word, such as a date."""
SECTION = 5
"""Lines of the instruction that speak of the same part of the page, in any order."""

BACK, AHEAD, LINE_BACK, LINE_AHEAD, TYPE, NEXT_VALUE, LAST_VALUE, SUBMIT = range(8)
N_ACTIONS = 8

_LABELS = ("Name", "Colour", "Day", "Agree")
_WORDS = ("Ada", "Bo", "Cleo", "Dara", "Emil", "Fay", "Gus", "Hana", "Ivo", "June", "Kai", "Lena")
_COLOURS = (
    *("red", "blue", "green", "black", "white", "grey"),
    *("pink", "brown", "gold", "teal", "plum", "sand"),
)


class Forms(NamedTuple):
    """N forms of up to M elements, counted from the top of the page.

    Attributes:
        kind: Kind of each element, `(N, M)`.
        value: Value it holds, `(N, M)`: words, options and days from 1, ticks 0 or 1.
        goal: Value it has to hold, `(N, M)`; what it held at first where the instruction is silent.
        line_of: Line that names each element, `(N, M)`; -1 for none.
        element_of: Element that each line names, `(N, E)`.
        size: Elements on the page, `(N,)`.
        lines: Lines of the instruction, `(N,)`.
        alphabet: Values of an element, `(N,)`.
        focus: Focused element, `(N,)`.
        line: Line being read, `(N,)`.
        n_right: Elements with a line that hold their goal, `(N,)`.
        n_spoiled: Elements without a line that do not, `(N,)`.
        submitted: Whether the form was submitted, 0 or 1, `(N,)`.
        clock: Steps of the episode, `(N,)`.
    """

    kind: Ints
    value: Ints
    goal: Ints
    line_of: Ints
    element_of: Ints
    size: Ints
    lines: Ints
    alphabet: Ints
    focus: Ints
    line: Ints
    n_right: Ints
    n_spoiled: Ints
    submitted: Ints
    clock: Ints


def build_forms(n_envs: int, capacity: int, elements: int) -> Forms:
    """Arrays for N forms, all zero.

    Args:
        n_envs: N.
        capacity: M, most elements on a page.
        elements: E, most lines of an instruction.
    """
    shapes = {"element_of": (n_envs, elements)}
    shapes |= dict.fromkeys(("kind", "value", "goal", "line_of"), (n_envs, capacity))
    return Forms(
        **{name: np.zeros(shapes.get(name, n_envs), dtype=np.int64) for name in Forms._fields}
    )


def label(kind: int, element: int) -> str:
    """What is written beside an element, such as `Colour 3`; unique on its page."""
    return f"{_LABELS[kind]} {element + 1}"


def show_value(kind: int, value: int) -> str:
    """A value as it stands on the page."""
    if kind == CHECKBOX:
        return "ticked" if value else "not ticked"
    if kind == DATE:
        return f"{value} May"
    if value == EMPTY:
        return ""
    if value == NONSENSE:
        return "?!"
    return (_WORDS if kind == TEXT else _COLOURS)[value - 1]


def sentence(kind: int, element: int, goal: int) -> str:
    """One line of an instruction."""
    name, value = label(kind, element), show_value(kind, goal)
    if kind == TEXT:
        return f"Type {value} into {name}."
    if kind == CHOICE:
        return f"Choose {value} for {name}."
    if kind == DATE:
        return f"Set {name} to {value}."
    return f"Tick {name}." if goal else f"Clear {name}."


def instruction(forms: Forms, n: int) -> list[str]:
    """The lines of one form's instruction."""
    elements = forms.element_of[n, : forms.lines[n]].tolist()
    return [sentence(int(forms.kind[n, e]), e, int(forms.goal[n, e])) for e in elements]
