"""Contextual parameters: what of a task may be varied, such as its size or its masses.

One typed, bounded vector per task, so that curricula and transfer tests can steer it by
`reset(options={"context": ...})`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alignenv.errors import ConfigError, UnknownName

Contexts = npt.NDArray[np.float64]
"""One context per env, float64 `(N, spec.size)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a context.

    Attributes:
        name: Python identifier.
        low: Smallest value.
        high: Largest value.
        default: Value when none is given.
        unit: Unit or coding; empty when there is none.
        meaning: One line.
        whole: Whether only whole numbers are allowed.
    """

    name: str
    low: float
    high: float
    default: float
    unit: str = ""
    meaning: str = ""
    whole: bool = False

    def check(self, value: float) -> float:
        """The value itself.

        Raises:
            ConfigError: It is out of range, not a number, or not whole.
        """
        number = float(value)
        if not self.low <= number <= self.high or (self.whole and number != round(number)):
            kind = "a whole number" if self.whole else "a number"
            raise ConfigError(
                f"Context parameter {self.name!r} is {value!r}.",
                cure=f"Give {kind} from {self.low:g} to {self.high:g}.",
            )
        return number


@dataclass(frozen=True)
class ContextSpec:
    """The ordered parameters of a task's context; empty for a task without any."""

    parameters: tuple[Parameter, ...] = ()

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    @property
    def names(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def size(self) -> int:
        """Number of parameters."""
        return len(self.parameters)

    def default(self) -> Contexts:
        """Value of every parameter when none is given, `(size,)`."""
        return np.array([parameter.default for parameter in self.parameters], dtype=np.float64)

    def read(
        self, value: Mapping[str, float] | Sequence[float] | npt.NDArray[np.float64]
    ) -> Contexts:
        """A checked context, `(size,)`; parameters that a mapping leaves out take their default.

        Raises:
            UnknownName: A name is not a parameter.
            ConfigError: A value is out of range, or there are too few or too many.
        """
        if isinstance(value, Mapping):
            for name in value:
                if name not in self.names:
                    raise UnknownName.of("context parameter", name, self.names)
            numbers = [value.get(part.name, part.default) for part in self.parameters]
        else:
            numbers = list(value)
        if len(numbers) != self.size:
            raise ConfigError(
                f"A context of {len(numbers)} values came for {self.size} parameters.",
                cure=f"Give {', '.join(self.names) or 'none'}.",
            )
        pairs = zip(self.parameters, numbers, strict=True)
        return np.array([part.check(number) for part, number in pairs], dtype=np.float64)
