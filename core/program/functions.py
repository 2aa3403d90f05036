"""The function table: everything a program may call, by canonical path."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

from alignenv.program import arithmetic as ar
from alignenv.program.arithmetic import ScalarFunction, as_array, elementwise, primitive
from alignenv.program.library_functions import LIBRARY
from alignenv.program.linear import norm
from alignenv.program.machine import Machine
from alignenv.program.numpy_functions import NUMPY
from alignenv.program.python_functions import BUILTINS
from alignenv.program.rules import Wrong
from alignenv.program.values import Builtin, Module, Value, is_scalar, kind_of

MODULES = {"numpy", "math", "numpy.linalg", "functools", "itertools", "operator", "collections"}
"""Modules that a program may use."""

CONSTANTS: dict[str, Value] = {
    "math.pi": math.pi,
    "math.e": math.e,
    "math.tau": math.tau,
    "math.inf": math.inf,
    "math.nan": math.nan,
    "numpy.pi": math.pi,
    "numpy.e": math.e,
    "numpy.inf": math.inf,
    "numpy.nan": math.nan,
    "numpy.newaxis": None,
    "numpy.mgrid": Module("numpy.mgrid"),
    "numpy.True_": True,
    "numpy.False_": False,
}
"""Constants of the modules."""

_SHARED: dict[str, str | ScalarFunction] = {
    **{name: name for name in ("exp", "expm1", "log10", "log1p", "sqrt", "sin", "cos", "tan")},
    **{name: name for name in ("sinh", "cosh", "tanh", "floor", "ceil", "trunc")},
    **{name: name for name in ("isnan", "isinf", "isfinite", "copysign", "fmod")},
    "log": ar.log,
    "log2": lambda m, x: m.op("div", m.op("log", x), math.log(2.0)),
    "exp2": lambda m, x: ar.power(m, 2.0, x),
    "cbrt": lambda m, x: m.op("copysign", ar.power(m, m.op("abs", x), 1.0 / 3.0), x),
    "fabs": "abs",
    "hypot": ar.hypot,
    "degrees": lambda m, x: m.op("mul", x, 180.0 / math.pi),
    "radians": lambda m, x: m.op("mul", x, math.pi / 180.0),
}
_INVERSE = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
_MATH: dict[str, str | ScalarFunction] = {
    **_SHARED,
    **{f"a{name}": f"a{name}" for name in _INVERSE},
    "atan2": "atan2",
    "erf": "erf",
    "pow": ar.power,
}
_NUMPY: dict[str, str | ScalarFunction] = {
    **_SHARED,
    **{f"arc{name}": f"a{name}" for name in _INVERSE},
    **{name: name for name in ("abs", "sign", "minimum", "maximum", "rint")},
    "absolute": "abs",
    "fmin": "minimum",
    "fmax": "maximum",
    "arctan2": "atan2",
    "fix": "trunc",
    "power": ar.power,
    "float_power": ar.power,
    "mod": ar.mod,
    "remainder": ar.mod,
    "floor_divide": ar.floordiv,
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "true_divide": "div",
    "negative": "neg",
    "square": lambda m, x: m.op("mul", x, x),
    "reciprocal": lambda m, x: m.op("div", 1.0, x),
    "deg2rad": _SHARED["radians"],
    "rad2deg": _SHARED["degrees"],
    "greater": "gt",
    "greater_equal": "ge",
    "less": "lt",
    "less_equal": "le",
    "equal": "eq",
    "not_equal": "ne",
    "logical_and": lambda m, x, y: m.op("and", m.truth(x), m.truth(y)),
    "logical_or": lambda m, x, y: m.op("or", m.truth(x), m.truth(y)),
    "logical_xor": lambda m, x, y: m.op("xor", m.truth(x), m.truth(y)),
    "logical_not": lambda m, x: m.op("not", m.truth(x)),
    "heaviside": lambda m, x, h: m.select(
        m.op("eq", x, 0.0), h, m.select(m.op("lt", x, 0.0), 0.0, 1.0)
    ),
}
_OPERATOR: dict[str, str | ScalarFunction] = {
    **{name: name for name in ("add", "sub", "mul", "lt", "le", "gt", "ge", "eq", "ne")},
    "truediv": "div",
}
_OF_TWO = {
    *_OPERATOR,
    *("copysign", "fmod", "hypot", "atan2", "arctan2", "pow", "minimum", "maximum", "fmin", "fmax"),
    *("power", "float_power", "mod", "remainder", "floor_divide", "add", "subtract", "multiply"),
    *("divide", "true_divide", "greater", "greater_equal", "less", "less_equal", "equal"),
    *("not_equal", "logical_and", "logical_or", "logical_xor", "heaviside"),
}
_VARIADIC = ("math.hypot", "math.log")


def _elementwise(path: str, function: str | ScalarFunction) -> Builtin:
    scalar = primitive(function) if isinstance(function, str) else function
    name = path.rpartition(".")[2]

    def on_arrays(m: Machine, *args: Value) -> Value:
        return elementwise(m, scalar, *args)

    def on_numbers(m: Machine, *args: Value) -> Value:
        for arg in args:
            if not is_scalar(arg):
                raise Wrong(
                    "R037", f"{path}() takes a number; this is {kind_of(arg)}.", f"Use np.{name}."
                )
        return scalar(m, *args)

    run = on_numbers if path.startswith("math.") else on_arrays
    if path in _VARIADIC:
        return Builtin(path, run, variadic=True)
    names = ("x1", "x2") if name in _OF_TWO else ("x",)
    return Builtin(path, run, names, len(names))


def as_builtin(path: str, function: Callable[..., Any]) -> Builtin:
    """A function of the table, with its signature read off."""
    found = list(inspect.signature(function).parameters.values())[1:]
    plain = [p for p in found if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    required = sum(1 for p in plain if p.default is p.empty)
    variadic = any(p.kind is p.VAR_POSITIONAL for p in found)
    names = tuple(p.name.rstrip("_") for p in plain)
    is_open = any(p.kind is p.VAR_KEYWORD for p in found)
    by_name = sum(1 for p in plain if p.kind is p.KEYWORD_ONLY)
    return Builtin(path, function, names, required, variadic, is_open, by_name)


_MATH_ON_ARRAYS: dict[str, Callable[..., Value]] = {
    "isclose": lambda m, a, b, rel_tol=1e-9, abs_tol=0.0: math_isclose(m, a, b, rel_tol, abs_tol),
    "dist": lambda m, p, q: norm(m, elementwise(m, primitive("sub"), as_array(m, p), q)),
    "prod": NUMPY["prod"],
    "fsum": BUILTINS["sum"],
}

TABLE: dict[str, Builtin] = {
    **{f"math.{n}": _elementwise(f"math.{n}", f) for n, f in _MATH.items()},
    **{f"math.{n}": as_builtin(f"math.{n}", f) for n, f in _MATH_ON_ARRAYS.items()},
    **{f"numpy.{n}": _elementwise(f"numpy.{n}", f) for n, f in _NUMPY.items()},
    **{f"numpy.{n}": as_builtin(f"numpy.{n}", f) for n, f in NUMPY.items()},
    **{f"operator.{n}": _elementwise(f"operator.{n}", f) for n, f in _OPERATOR.items()},
    **{path: as_builtin(path, f) for path, f in LIBRARY.items()},
    **{f"builtins.{n}": as_builtin(f"builtins.{n}", f) for n, f in BUILTINS.items()},
}
"""Functions of the language by canonical path."""


def math_isclose(m: Machine, a: Value, b: Value, rel_tol: Value, abs_tol: Value) -> Value:
    """`math.isclose(a, b)`: relative to the larger of both."""
    larger = m.op("max", m.op("abs", a), m.op("abs", b))
    room = m.op("max", m.op("mul", rel_tol, larger), abs_tol)
    return m.op("le", m.op("abs", m.op("sub", a, b)), room)


_CURES = {
    "numpy.random": "A reward must be deterministic; remove randomness.",
    "numpy.vectorize": "Call the function directly, or write a loop.",
    "builtins.setattr": "Inputs are never changed; use a local variable.",
    "builtins.iter": "Loop with `for` over a range, list or array.",
    "builtins.type": "Use isinstance, or nothing: kinds are known from the task card.",
}
_PURE = "A reward only computes numbers from prev, action and state."


def unlisted(path: str) -> tuple[str, str]:
    """Message and cure for a function that the language does not have."""
    module, _, name = path.rpartition(".")
    message = f"`{_shown(path)}` is not in the language."
    for prefix, cure in _CURES.items():
        if path == prefix or path.startswith(prefix + "."):
            return message, cure
    prefix = f"{module}."
    known = [p.removeprefix(prefix) for p in (*TABLE, *CONSTANTS) if p.startswith(prefix)]
    if close := get_close_matches(name, known, n=1, cutoff=0.75):
        return message, f"Did you mean `{_shown(prefix + close[0])}`?"
    return message, _PURE if module == "builtins" else f"Write {name} out by arithmetic."


def _shown(path: str) -> str:
    return path.removeprefix("builtins.").replace("numpy.", "np.")
