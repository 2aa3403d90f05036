"""Every scalar operation of the language: one row, two spellings that agree bit for bit.

`fold` is what the interpreter computes; `text` is the same in the generated code. Only + - * /,
comparisons and functions of Python's `math` (the platform's libm) are used, since numba's own
`np.exp`, `hypot` or `**` differ from them in the last bit. A `fold` raises what Python raises; the
generated code flags a result that is not finite and lets the interpreter judge that row.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from alignenv.program.limits import MAX_WHOLE

N_PRODUCTS = 64
"""Whole exponents up to this size are repeated products."""


@dataclass(frozen=True, slots=True)
class Primitive:
    """One operation on scalars.

    Attributes:
        name: Its name in this package.
        fold: Its value for Python floats.
        text: Its spelling in the generated code; `{0}` is the first argument.
        gives_bool: Whether the result is a truth value.
        takes_bool: Whether arguments are truth values; else numbers.
        checked: Whether it can fault: a result that is not finite is then examined.
        suspect: Condition on the arguments under which it can fault otherwise.
    """

    name: str
    fold: Callable[..., float | bool]
    text: str
    gives_bool: bool = False
    takes_bool: bool = False
    checked: bool = False
    suspect: str = ""


def power(x: float, e: float) -> float:
    """`x ** e`; whole exponents are products from left to right."""
    n = abs(e)
    if n <= N_PRODUCTS and n == math.floor(n):
        product = 1.0
        for _ in range(int(n)):
            product *= x
        return product if e >= 0.0 else 1.0 / product
    if e == 0.5:
        return math.sqrt(x)
    return math.pow(x, e)


def _power(x: float, e: float) -> float:
    value = power(x, e)
    if math.isinf(value) and math.isfinite(x) and math.isfinite(e):
        raise OverflowError
    return value


def _whole(function: Callable[[float], float]) -> Callable[[float], float]:
    def fold(x: float) -> float:
        if not abs(x) < MAX_WHOLE:
            raise OverflowError
        return float(function(x))

    return fold


def _fmod(x: float, y: float) -> float:
    if y == 0.0:
        raise ZeroDivisionError
    return math.fmod(x, y)


def _rint(x: float) -> float:
    below = math.floor(x)
    rest = x - below
    if rest != 0.5:
        return below + 1.0 if rest > 0.5 else float(below)
    return float(below) if math.fmod(below, 2.0) == 0.0 else below + 1.0


P = Primitive
_ARITHMETIC = (
    P("add", lambda x, y: x + y, "{0} + {1}"),
    P("sub", lambda x, y: x - y, "{0} - {1}"),
    P("mul", lambda x, y: x * y, "{0} * {1}"),
    P("neg", lambda x: -x, "-{0}"),
    P("num", lambda x: x + 0.0, "{0} + 0.0"),
    P("abs", abs, "abs({0})"),
    P(
        "minimum",
        lambda x, y: x if x < y or x != x else y,
        "{0} if {0} < {1} or {0} != {0} else {1}",
    ),
    P(
        "maximum",
        lambda x, y: x if x > y or x != x else y,
        "{0} if {0} > {1} or {0} != {0} else {1}",
    ),
    P("min", lambda x, y: y if y < x else x, "{1} if {1} < {0} else {0}"),
    P("max", lambda x, y: y if y > x else x, "{1} if {1} > {0} else {0}"),
    P(
        "sign",
        lambda x: 1.0 if x > 0.0 else (-1.0 if x < 0.0 else 0.0),
        "1.0 if {0} > 0.0 else (-1.0 if {0} < 0.0 else 0.0)",
    ),
    P("copysign", math.copysign, "math.copysign({0}, {1})"),
)
_COMPARISONS = (
    P("lt", lambda x, y: x < y, "{0} < {1}", gives_bool=True),
    P("le", lambda x, y: x <= y, "{0} <= {1}", gives_bool=True),
    P("gt", lambda x, y: x > y, "{0} > {1}", gives_bool=True),
    P("ge", lambda x, y: x >= y, "{0} >= {1}", gives_bool=True),
    P("eq", lambda x, y: x == y, "{0} == {1}", gives_bool=True),
    P("ne", lambda x, y: x != y, "{0} != {1}", gives_bool=True),
    P("isnan", lambda x: x != x, "{0} != {0}", gives_bool=True),
    P("isfinite", lambda x: x - x == 0.0, "{0} - {0} == 0.0", gives_bool=True),
    P("isinf", math.isinf, "abs({0}) == INF", gives_bool=True),
)
_LOGIC = (
    P("and", lambda x, y: x and y, "{0} & {1}", gives_bool=True, takes_bool=True),
    P("or", lambda x, y: x or y, "{0} | {1}", gives_bool=True, takes_bool=True),
    P("xor", lambda x, y: x != y, "{0} ^ {1}", gives_bool=True, takes_bool=True),
    P("not", lambda x: not x, "not {0}", gives_bool=True, takes_bool=True),
)
_FAULTING = (
    P("div", lambda x, y: x / y, "{0} / {1}", checked=True),
    P("pow", _power, "power({0}, {1})", checked=True),
    P("fmod", _fmod, "np.fmod({0}, {1})", checked=True),
    P("atan2", math.atan2, "math.atan2({0}, {1})", checked=True),
)
_LIBM = (
    *("exp", "expm1", "log", "log10", "log1p", "sqrt", "erf"),
    *("sin", "cos", "tan", "asin", "acos", "atan"),
    *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
)
_LARGE = "not abs({0}) < 9007199254740992.0"
_ROUNDING = (
    P("floor", _whole(math.floor), "np.floor({0}) + 0.0", suspect=_LARGE),
    P("ceil", _whole(math.ceil), "np.ceil({0}) + 0.0", suspect=_LARGE),
    P("trunc", _whole(math.trunc), "np.trunc({0}) + 0.0", suspect=_LARGE),
    P("rint", _whole(_rint), "np.rint({0}) + 0.0", suspect=_LARGE),
)
_MATH = tuple(P(name, getattr(math, name), f"math.{name}({{0}})", checked=True) for name in _LIBM)

PRIMITIVES = {
    p.name: p for p in (*_ARITHMETIC, *_COMPARISONS, *_LOGIC, *_FAULTING, *_MATH, *_ROUNDING)
}
"""Scalar operations by name."""
