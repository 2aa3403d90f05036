"""The compiled batch loops of the form family: begin, advance, look."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.envs.compiled.jit import kernel, njit
from alignenv.envs.compiled.rng import below, shuffle
from alignenv.envs.form.page import (
    AHEAD,
    BACK,
    CHECKBOX,
    CHOICE,
    DATE,
    EMPTY,
    LAST_VALUE,
    LINE_AHEAD,
    LINE_BACK,
    N_ACTIONS,
    NEXT_VALUE,
    NONSENSE,
    SECTION,
    SUBMIT,
    TEXT,
    TYPE,
    Forms,
    Ints,
)

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Streams = npt.NDArray[np.uint64]

SYMBOLIC_SIZE = 32
"""Numbers that do not depend on the size of the form, so that one policy serves every size."""


class Outcome(NamedTuple):
    """Facts about the last transition, each `(N,)`."""

    reward: Floats
    terminated: Flags
    truncated: Flags
    steps: Ints


@njit
def draw_goal(stream: npt.NDArray[np.uint64], kind: int, alphabet: int, value: int) -> int:
    """A value that an element of this kind can be given, other than the one it holds."""
    if kind == CHECKBOX:
        return 1 - value
    if kind == DATE:
        return 1 + (value + below(stream, alphabet - 1)) % alphabet
    return 1 + below(stream, alphabet)


@njit
def draw_value(stream: npt.NDArray[np.uint64], kind: int, alphabet: int) -> int:
    """What an element holds at first."""
    if kind == CHECKBOX:
        return below(stream, 2)
    if kind == DATE:
        return 1 + below(stream, alphabet)
    return EMPTY


@njit
def lay_out(n: int, forms: Forms, stream: npt.NDArray[np.uint64], n_others: int, mix: Ints) -> None:
    """Put the elements on the page, section by section, each in an order of its own."""
    lines, top = forms.lines[n], 0
    n_sections = (lines + SECTION - 1) // SECTION
    for section in range(n_sections):
        size = 0
        for line in range(section * SECTION, min(lines, (section + 1) * SECTION)):
            mix[size] = line
            size += 1
        first = n_others * section // n_sections
        for _ in range(n_others * (section + 1) // n_sections - first):
            mix[size] = -1
            size += 1
        shuffle(stream, mix, size)
        for index in range(size):
            forms.line_of[n, top + index] = mix[index]
            if mix[index] >= 0:
                forms.element_of[n, mix[index]] = top + index
        top += size
    forms.size[n] = top


@kernel
def begin(forms: Forms, streams: Streams, contexts: Floats, fresh: Flags, mix: Ints) -> None:
    """Draw a new form in every fresh environment.

    Args:
        forms: The forms.
        streams: One random stream per environment.
        contexts: Elements, distractors and alphabet of each, `(N, 3)`.
        fresh: Which begin, `(N,)`.
        mix: Scratch, `(M,)`.
    """
    for n in range(fresh.size):
        if not fresh[n]:
            continue
        stream = streams[n]
        forms.lines[n] = int(contexts[n, 0])
        forms.alphabet[n] = alphabet = int(contexts[n, 2])
        lay_out(n, forms, stream, int(contexts[n, 1]), mix)
        for element in range(forms.kind.shape[1]):
            forms.kind[n, element] = forms.value[n, element] = forms.goal[n, element] = 0
            if element >= forms.size[n]:
                forms.line_of[n, element] = -1
                continue
            kind = below(stream, 4)
            value = draw_value(stream, kind, alphabet)
            forms.kind[n, element] = kind
            forms.value[n, element] = forms.goal[n, element] = value
            if forms.line_of[n, element] >= 0:
                forms.goal[n, element] = draw_goal(stream, kind, alphabet, value)
        forms.focus[n] = forms.line[n] = forms.clock[n] = forms.submitted[n] = 0
        forms.n_right[n] = forms.n_spoiled[n] = 0


@njit
def turned(kind: int, value: int, alphabet: int, way: int) -> int:
    """The next value of an element, or the last one for `way` -1; an empty text."""
    if kind == CHECKBOX:
        return 1 - value
    if kind == DATE:
        return 1 + (value - 1 + way) % alphabet
    if kind == CHOICE:
        return (value + way) % (alphabet + 1)
    return EMPTY


@njit
def typed(n: int, forms: Forms) -> int:
    """What typing leaves in the focused element: the word of the line, if it asks for a word."""
    focus = forms.focus[n]
    if forms.kind[n, focus] != TEXT:
        return int(forms.value[n, focus])
    named = forms.element_of[n, forms.line[n]]
    return int(forms.goal[n, named]) if forms.kind[n, named] == TEXT else NONSENSE


@njit
def put(n: int, forms: Forms, value: int) -> None:
    """Give the focused element a value, and keep count."""
    focus = forms.focus[n]
    goal = forms.goal[n, focus]
    change = int(value == goal) - int(forms.value[n, focus] == goal)
    forms.value[n, focus] = value
    if forms.line_of[n, focus] >= 0:
        forms.n_right[n] += change
    else:
        forms.n_spoiled[n] -= change


@njit
def act(n: int, forms: Forms, action: int) -> None:
    """What one action does to one form."""
    focus, line = forms.focus[n], forms.line[n]
    kind, value, alphabet = forms.kind[n, focus], forms.value[n, focus], forms.alphabet[n]
    if action == BACK:
        forms.focus[n] = max(focus - 1, 0)
    elif action == AHEAD:
        forms.focus[n] = min(focus + 1, forms.size[n] - 1)
    elif action == LINE_BACK:
        forms.line[n] = max(line - 1, 0)
    elif action == LINE_AHEAD:
        forms.line[n] = min(line + 1, forms.lines[n] - 1)
    elif action == TYPE:
        put(n, forms, typed(n, forms))
    elif action == NEXT_VALUE:
        put(n, forms, turned(kind, value, alphabet, 1))
    elif action == LAST_VALUE:
        put(n, forms, turned(kind, value, alphabet, -1))
    elif action == SUBMIT:
        forms.submitted[n] = 1


@kernel
def advance(forms: Forms, actions: Ints, horizon: int, outcome: Outcome, over: Flags) -> int:
    """Take one action in every environment; marks those whose episode is over.

    Actions out of range change nothing: the answer is then -1 minus the index of the first one,
    and else the number of episodes that ended.
    """
    for n in range(actions.size):
        if not 0 <= actions[n] < N_ACTIONS:
            return -1 - n
    n_over = 0
    for n in range(actions.size):
        act(n, forms, actions[n])
        forms.clock[n] += 1
        is_done = forms.n_right[n] == forms.lines[n] and forms.n_spoiled[n] == 0
        outcome.reward[n] = forms.submitted[n] == 1 and is_done
        outcome.terminated[n] = forms.submitted[n] == 1
        outcome.truncated[n] = forms.clock[n] >= horizon
        outcome.steps[n] = forms.clock[n]
        over[n] = outcome.terminated[n] or outcome.truncated[n]
        n_over += over[n]
    return n_over


@njit
def turns(kind: int, value: int, goal: int, alphabet: int, way: int) -> int:
    """How often to take the next value, or the last one for `way` -1, to get to the goal."""
    if kind == CHECKBOX:
        return int(value != goal)
    if kind == DATE:
        return (goal - value) * way % alphabet
    if kind == CHOICE:
        return (goal - value) * way % (alphabet + 1)
    return 0


@njit
def changes(n: int, forms: Forms) -> int:
    """Fewest changes of value that make the focused element right; -1 where one has to type."""
    focus = forms.focus[n]
    kind, value, goal = forms.kind[n, focus], forms.value[n, focus], forms.goal[n, focus]
    if kind == TEXT:
        if value == goal:
            return 0
        return 1 if goal == EMPTY else -1
    alphabet = forms.alphabet[n]
    return min(turns(kind, value, goal, alphabet, 1), turns(kind, value, goal, alphabet, -1))


@kernel
def note(forms: Forms, chosen: Flags, records: Floats) -> None:
    """Write the state records of the chosen environments, `(N, fields)`."""
    for n in range(chosen.size):
        if not chosen[n]:
            continue
        focus = forms.focus[n]
        named = forms.element_of[n, forms.line[n]]
        row = records[n]
        row[0], row[1], row[2] = forms.lines[n], forms.n_right[n], forms.n_spoiled[n]
        row[3], row[4] = focus, forms.kind[n, focus]
        row[5] = forms.line_of[n, focus] >= 0
        row[6] = forms.value[n, focus] == forms.goal[n, focus]
        row[7] = changes(n, forms)
        row[8] = forms.line[n]
        row[9] = forms.value[n, named] == forms.goal[n, named]
        row[10] = named - focus
        row[11] = forms.submitted[n]


@njit
def point(n: int, forms: Forms, row: npt.NDArray[np.float32]) -> None:
    """Where work is left: in lines before or after, in spoiled elements above or below."""
    for line in range(forms.lines[n]):
        named = forms.element_of[n, line]
        if forms.value[n, named] != forms.goal[n, named]:
            row[28] = max(row[28], np.float32(line < forms.line[n]))
            row[29] = max(row[29], np.float32(line > forms.line[n]))
    if forms.n_spoiled[n] > 0:
        for element in range(forms.size[n]):
            is_right = forms.value[n, element] == forms.goal[n, element]
            if forms.line_of[n, element] < 0 and not is_right:
                row[30] = max(row[30], np.float32(element < forms.focus[n]))
                row[31] = max(row[31], np.float32(element > forms.focus[n]))


@kernel
def look(forms: Forms, chosen: Flags, seen: npt.NDArray[np.float32]) -> None:
    """Write the symbolic observations of the chosen environments, `(N, SYMBOLIC_SIZE)`."""
    for n in range(chosen.size):
        if not chosen[n]:
            continue
        row = seen[n]
        row[:] = 0.0
        focus, line, alphabet = forms.focus[n], forms.line[n], forms.alphabet[n]
        named = forms.element_of[n, line]
        kind, value = forms.kind[n, focus], forms.value[n, focus]
        wanted, goal = forms.kind[n, named], forms.goal[n, named]
        row[kind] = 1.0
        row[4 + wanted] = 1.0
        row[8] = value / NONSENSE
        row[9] = value == EMPTY
        row[10] = goal / NONSENSE
        row[11] = forms.value[n, named] == goal
        row[12] = forms.line_of[n, focus] >= 0
        row[13] = named == focus
        row[14] = named > focus
        row[15] = named < focus
        row[16] = min(abs(named - focus), 10) / 10
        if named == focus:
            forward = turns(kind, value, goal, alphabet, 1)
            backward = turns(kind, value, goal, alphabet, -1)
            row[17] = forward / NONSENSE
            row[18] = backward / NONSENSE
            row[19] = 0 < forward <= backward
            row[27] = 0 < backward < forward
        row[20], row[21] = focus == 0, focus == forms.size[n] - 1
        row[22], row[23] = line == 0, line == forms.lines[n] - 1
        row[24] = forms.n_right[n] == forms.lines[n]
        row[25] = forms.n_spoiled[n] > 0
        row[26] = value == forms.goal[n, focus]
        point(n, forms, row)
