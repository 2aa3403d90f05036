"""Runs a program over batches of records."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alignenv.program import limits
from alignenv.program.interpreter import Interpreter, fault_error
from alignenv.program.kernel import Kernel
from alignenv.spec import Records

Batch = npt.NDArray[np.float64]


@dataclass
class Runner:
    """A loaded program.

    Attributes:
        compiled: Whether it runs as machine code.
        why_not: Why it is interpreted; empty when it is compiled.
        width: Output columns: the total and one per component.
    """

    interpreter: Interpreter
    kernel: Kernel | None = None
    constants: tuple[float, ...] = ()
    scratch: int = 0
    why_not: str = ""
    _c: Batch = field(init=False, repr=False)
    _w: Batch = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._c = np.array(self.constants or (0.0,))
        self._w = np.zeros(max(self.scratch, 1))

    @property
    def compiled(self) -> bool:
        """Whether it runs as machine code."""
        return self.kernel is not None

    @property
    def width(self) -> int:
        """Output columns: the total and one per component."""
        return 1 + len(self.interpreter.components)

    def reward(self, prev: Records, action: Batch, state: Records, t: Batch, out: Batch) -> None:
        """Reward of each transition.

        Args:
            prev: Records before, float64 `(N, size)`, C-contiguous.
            action: Actions, float64 `(N,)` or `(N, k)`.
            state: Records after, float64 `(N, size)`, C-contiguous.
            t: Episode progress in [0, 1], float64 `(N,)`.
            out: Written: float64 `(N, 1 + n_components)`, column 0 the total.

        Raises:
            ValueFault: A transition has no usable value.
        """
        width = action.shape[1] if action.ndim == 2 else 1
        actions = np.ascontiguousarray(action, dtype=np.float64).reshape(len(state), width)
        self._run(prev, actions, state, t, out)

    def potential(self, state: Records, t: Batch, out: Batch) -> None:
        """Potential of each state, into `out` of shape `(N, 1)`; see `reward`."""
        self._run(state, np.zeros((len(state), 1)), state, t, out)

    def _run(self, prev: Records, action: Batch, state: Records, t: Batch, out: Batch) -> None:
        n = len(state)
        times = np.ascontiguousarray(t, dtype=np.float64).reshape(n, 1)
        out[...] = 0.0
        rows = list(range(n))
        if self.kernel is not None:
            bad = np.zeros(n, dtype=np.bool_)
            if self.kernel(prev, action, state, times, self._c, self._w, out, bad):
                rows = np.flatnonzero(bad).tolist()
            else:
                rows = []
        for i in rows:
            out[i] = self.interpreter.run(prev[i], action[i], state[i], float(times[i, 0]), i)
        self._check_bounds(out)

    def _check_bounds(self, out: Batch) -> None:
        if out.size == 0 or np.abs(out).max() <= limits.MAX_VALUE:
            return
        i, column = np.argwhere(~(np.abs(out) <= limits.MAX_VALUE))[0].tolist()
        name = ("total", *self.interpreter.components)[column]
        value = float(out[i, column])
        code = "E021" if np.isfinite(value) else "E020"
        bound = f"a value must be finite and at most {limits.MAX_VALUE:g}; {value:g}"
        raise fault_error(code, bound, component=name, index=i)
