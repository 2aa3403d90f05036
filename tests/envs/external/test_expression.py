"""Restricted expressions over state fields."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alignenv.envs.expression import Expression
from alignenv.errors import ConfigError
from alignenv.spec import Field, StateSpec

SPEC = StateSpec(
    (
        Field(name="x", kind="float"),
        Field(name="pos", kind="vec2"),
        Field(name="done", kind="bool"),
        Field(name="view", kind="grid2x2"),
    )
)
RECORDS = np.array([[1.0, 2.0, 3.0, 1.0, 0, 0, 0, 0], [-1.0, 0.5, 0.0, 0.0, 0, 0, 0, 0]])


def value(source: str) -> list[float]:
    return Expression(source, SPEC, "success")(SPEC.view(RECORDS)).tolist()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x", [1, -1]),
        ("x >= 0.5", [1, 0]),
        ("not x >= 0.5", [0, 1]),
        ("-1 < x < 2", [1, 0]),
        ("x > 0 and done", [1, 0]),
        ("x > 5 or not done", [0, 1]),
        ("abs(x - 2) * 2 + 1", [3, 7]),
        ("pos[0] / pos[1]", [2 / 3, np.inf]),
        ("+x == 1 and pos[1] != 0", [1, 0]),
        ("True", [1, 1]),
        ("done + done", [2, 0]),
        ("(x > 0) + (pos[0] > 0)", [2, 1]),
        ("-done", [-1, 0]),
    ],
)
def test_values(source: str, expected: list[float]) -> None:
    assert value(source) == expected


def test_fields_it_reads() -> None:
    assert Expression("x > 0 and pos[1] < 2", SPEC, "success").fields == {"x", "pos"}


@pytest.mark.parametrize(
    ("source", "match"),
    [
        ("y > 0", "names 'y'"),
        ("pos > 0", r"write pos\[0\]"),
        ("pos[2] > 0", "shape"),
        ("pos[x]", r"FIELD\[NUMBER\]"),
        ("pos[-1]", r"FIELD\[NUMBER\]"),
        ("view[0]", "shape"),
        ("x if done else 1", "not allowed"),
        ("x.real", "not allowed"),
        ("x ** 2", "not allowed"),
        ("(lambda: 1)()", "not allowed"),
        ("__import__('os').getpid()", "not allowed"),
        ("abs(x, x)", "not allowed"),
        ("max(x, 1)", "not allowed"),
        ("x in pos", "not allowed"),
        ("'x'", "not allowed"),
        ("1j", "not allowed"),
        ("~x", "not allowed"),
        ("x >", "not an expression"),
        ("x = 1", "not an expression"),
        ("", "not an expression"),
        ("(" * 500 + "x" + ")" * 500, "not an expression"),
        ("x +" * 700 + "x", "longer than"),
    ],
)
def test_anything_else_is_refused_by_name(source: str, match: str) -> None:
    with pytest.raises(ConfigError, match=match) as caught:
        Expression(source, SPEC, "success")
    assert "success = " in caught.value.message
    assert "Fields: x, pos, done, view" in caught.value.cure


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_a_config_error(text: str) -> None:
    try:
        expression = Expression(text, SPEC, "success")
    except ConfigError:
        return
    assert expression(SPEC.view(RECORDS)).shape == (2,)
