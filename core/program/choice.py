"""One value among several: by a condition, by a string, by a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from alignenv.program.emitter import Assign, number
from alignenv.program.machine import Machine
from alignenv.program.rules import Wrong
from alignenv.program.selecting import select_item
from alignenv.program.values import Cell, Scalar, Sym, Text, Value, is_scalar, kind_of


def choose(m: Machine, test: Scalar, yes: Callable[[], Value], no: Callable[[], Value]) -> Value:
    """The value of one of two expressions; only that one is evaluated."""
    if not isinstance(test, Sym):
        return yes() if test else no()
    cell = Cell(None, m.birth())
    m.branch(test, lambda: m.write(cell, yes()), lambda: m.write(cell, no()))
    return cell.state  # type: ignore[no-any-return]


def by_option(m: Machine, text: Text | str, act: Callable[[str], Value]) -> Value:
    """The value of `act` for the string that a condition chose; only that one is evaluated."""
    if isinstance(text, str):
        return act(text)
    assert m.code is not None
    code, options = m.code, text.options

    def rest(i: int) -> Value:
        if i + 1 == len(options):
            return act(options[i])
        test = m.op("eq", text.code, code.string(options[i]))
        return choose(m, test, lambda: act(options[i]), lambda: rest(i + 1))

    return rest(0)


def best_place(m: Machine, keys: Sequence[Scalar], better: str) -> Scalar:
    """Place of the first key that no other beats; `better` is `lt` or `gt`."""
    best, place = keys[0], 0.0  # type: tuple[Scalar, Scalar]
    for i, key in enumerate(keys[1:], 1):
        wins = m.op(better, key, best)
        best, place = m.select(wins, key, best), m.select(wins, float(i), place)
    return place


def at_place(m: Machine, values: Sequence[Value], place: Scalar) -> Value:
    """The value at a place that is surely there."""
    if not isinstance(place, Sym):
        return values[int(place)]
    assert m.code is not None
    name = m.code.fresh("j")
    m.code.add(Assign(name, f"int({number(place)})"))
    return select_item(m, values, name)


def keys_of(m: Machine, function: Value, values: Sequence[Value]) -> list[Scalar]:
    """The number that `key=function` gives to each value.

    Raises:
        Wrong: It gives something else.
    """
    from alignenv.program.calls import invoke

    keys: list[Scalar] = []
    for value in values:
        key = invoke(m, function, [value])
        if not is_scalar(key):
            cure = "Return one number from `key`."
            raise Wrong("R037", f"A key must be a number; this is {kind_of(key)}.", cure)
        keys.append(key)
    return keys
