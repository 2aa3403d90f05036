"""What a search keeps of the programs that it tried, and offers as parents."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from alignenv.types import Trial

Fitness = Callable[[Trial], tuple[float, ...]]
"""What programs are compared by, greater is better."""


class Archive(Protocol):
    """A population of distinct programs: a designer adds trials and picks parents from it.

    It is made by a factory with two arguments, `factory(size, fitness)`: the most programs that it
    may keep, None for no bound, and what they are compared by, which may say otherwise of one and
    the same program later. It draws nothing at random; designers do.
    """

    def __len__(self) -> int:
        """How many are kept."""
        ...

    def __iter__(self) -> Iterator[Trial]:
        """All that are kept, in an order that depends on what was added alone."""
        ...

    def add(self, trial: Trial) -> bool:
        """Take a trained trial in; False where it is not kept."""
        ...

    def best(self, n: int = 1) -> tuple[Trial, ...]:
        """The best `n` of those that are kept, or all if there are fewer; best first."""
        ...
