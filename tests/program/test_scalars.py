"""Both spellings of every scalar operation agree bit for bit, faults included."""

from __future__ import annotations

import math

import numpy as np
import pytest

from alignenv.program.kernel import compile_kernel
from alignenv.program.scalars import PRIMITIVES, Primitive

EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.0, 7.0, 0.1, math.pi]
EDGES += [1e-300, -1e-300, 5e-324, 1e300, -1e300, math.inf, -math.inf, math.nan]
EDGES += [2.0**53 - 1, 2.0**53, 2.0**53 + 2, 1e16, 700.0, -745.0, 710.0, 20.0, 64.0, 65.0, -3.0]
KERNEL = """\
def kernel(p, a, s, t, c, w, out, bad_rows):
    n_bad = 0
    for i in range(s.shape[0]):
        x1 = s[i, 0]
        x2 = s[i, 1]
{lines}
    return n_bad
"""


def inputs() -> np.ndarray:
    rng = np.random.default_rng(0)
    plain = np.concatenate(
        [rng.normal(size=400), rng.uniform(-1, 1, 400), rng.normal(size=400) * 50]
    )
    wide = 10.0 ** rng.uniform(-20, 20, 400) * rng.choice([-1.0, 1.0], 400)
    values = np.concatenate([plain, wide])
    edges = [(x, y) for x in EDGES for y in EDGES]
    return np.concatenate([np.array(edges), np.column_stack([values, rng.permutation(values)])])


def line(column: int, primitive: Primitive) -> str:
    flags = ("(x1 > 0.0)", "(x2 > 0.0)")
    text = primitive.text.format(*(flags if primitive.takes_bool else ("x1", "x2")))
    if primitive.gives_bool:
        text = f"1.0 if {text} else 0.0"
    return f"        out[i, {column}] = {text}"


@pytest.fixture(scope="module")
def values() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Inputs, and what the generated code makes of them, all operations in one kernel."""
    source = KERNEL.format(lines="\n".join(line(i, p) for i, p in enumerate(PRIMITIVES.values())))
    rows = inputs()
    out, nothing = np.zeros((len(rows), len(PRIMITIVES))), np.zeros((len(rows), 1))
    flat, bad = np.zeros(1), np.zeros(len(rows), dtype=np.bool_)
    compile_kernel(source)(nothing, nothing, rows, nothing, flat, flat, out, bad)
    return rows, dict(zip(PRIMITIVES, out.T, strict=True))


def is_suspect(primitive: Primitive, args: tuple[float, ...], value: float) -> bool:
    if primitive.suspect and not abs(args[0]) < 2.0**53:
        return True
    return primitive.checked and not math.isfinite(value)


@pytest.mark.parametrize("name", PRIMITIVES)
def test_both_spellings_agree(name, values):
    primitive = PRIMITIVES[name]
    arity = 2 if "{1}" in primitive.text else 1
    rows, results = values
    for row, value in zip(rows.tolist(), results[name].tolist(), strict=True):
        args = tuple(row[:arity])
        given = tuple(x > 0.0 for x in args) if primitive.takes_bool else args
        try:
            expected = float(primitive.fold(*given))
        except (ArithmeticError, ValueError):
            assert is_suspect(primitive, args, value), args
            continue
        if math.isnan(expected) or math.isnan(value):
            assert math.isnan(expected) == math.isnan(value) or is_suspect(primitive, args, value)
        elif not is_suspect(primitive, args, value):
            assert math.copysign(1.0, expected) == math.copysign(1.0, value), args
            assert expected == value, args


@pytest.mark.parametrize(
    ("x", "exponent"), [(-1.5, 2.0), (3.0, 5.0), (0.1, 3.0), (2.0, -3.0), (7.0, 0.0)]
)
def test_whole_exponents_are_products(x, exponent):
    product = 1.0
    for _ in range(abs(int(exponent))):
        product *= x
    expected = product if exponent >= 0 else 1.0 / product
    assert PRIMITIVES["pow"].fold(x, exponent) == expected


def test_halves_round_to_even():
    rint = PRIMITIVES["rint"].fold
    assert [rint(x) for x in (0.5, 1.5, 2.5, -0.5, -1.5, 2.4, 2.6)] == [0, 2, 2, 0, -2, 2, 3]
