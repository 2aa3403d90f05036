"""Compiles a generated kernel with numba.

The kernel holds only what `lowering` wrote: scalar arithmetic, loops with a known bound and reads
at checked places; no text of the program reaches it. fastmath is off and division follows IEEE, so
that compiled and interpreted values are equal bit for bit.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from alignenv.program.scalars import power

Kernel: TypeAlias = Callable[..., int]
"""`kernel(p, a, s, t, c, w, out, bad_rows)`: how many rows the interpreter has to judge."""

_SIGNATURE = (
    "int64(float64[:,::1], float64[:,::1], float64[:,::1], float64[:,::1],"
    " float64[::1], float64[::1], float64[:,::1], boolean[::1])"
)
_LOCK = threading.Lock()
_WARM_UP = """\
def kernel(p, a, s, t, c, w, out, bad_rows):
    n_bad = 0
    for i in range(s.shape[0]):
        bad = False
        chk = 0.0
        x1 = s[i, 0]
        t1 = x1 < a[i, 0]
        t2 = math.sqrt(abs(x1)) / p[i, 0]
        chk += t2 - t2
        if t1:
            m1 = math.exp(-t2) * c[0]
        else:
            m1 = power(x1, t[i, 0])
        for k1 in range(3):
            m1 = m1 + w[k1] - float(k1)
        t3 = t1 & (m1 == t2) | (not t1)
        out[i, 0] = 1.0 if t3 else m1
        if bad or chk != 0.0:
            bad_rows[i] = True
            n_bad += 1
    return n_bad
"""


def _numba() -> Any:
    """numba, without the vector math library that rounds differently."""
    os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")
    import numba

    return numba


@lru_cache(maxsize=1)
def _compiled_power() -> Any:
    return _numba().njit("float64(float64, float64)", error_model="numpy", cache=False)(power)


@lru_cache(maxsize=4)
def compile_kernel(source: str) -> Kernel:
    """Machine code of a generated kernel; the last few are kept, for who asks again.

    Args:
        source: Output of `lowering.lower`.

    Returns:
        The kernel. It reads p, a, s, t, c and writes w, out and bad_rows; it never reads or
        writes outside of them.
    """
    names: dict[str, Any] = {"math": math, "np": np, "INF": math.inf, "NAN": math.nan}
    with _LOCK:
        if "power(" in source:
            names["power"] = _compiled_power()
        exec(compile(source, "<reward kernel>", "exec"), names)  # noqa: S102 - our own text
        jit = _numba().njit(_SIGNATURE, error_model="numpy", nogil=True, cache=False)
        kernel: Kernel = jit(names["kernel"])
    return kernel


def warm_up() -> None:
    """Compile one kernel, so that the next ones take a fraction of a second.

    A process that forks workers calls this first: they inherit numba's warm caches.
    """
    kernel = compile_kernel(_WARM_UP)
    rows, flat = np.ones((1, 1)), np.ones(3)
    kernel(rows, rows, rows, rows, flat, flat, np.ones((1, 1)), np.zeros(1, dtype=np.bool_))
