"""What a reward program may know: typed fields of the state record.

A batch of N state records is one C-contiguous float64 array of shape `(N, spec.size)`; the
structured dtype views the same memory by field name. Numbers are float64 and flags are 0.0 or 1.0
in storage, so that a program never meets another storage type.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.errors import ConfigError, UnknownName

_KIND = re.compile(r"(float|int|bool)|vec([1-9]\d{0,2})|grid([1-9]\d{0,2})x([1-9]\d{0,2})")

Records = npt.NDArray[np.float64]
"""Batch of state records, float64, shape `(N, spec.size)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a state record.

    Attributes:
        name: Python identifier without a leading underscore.
        kind: `float`, `int`, `bool`, `vecN` (N floats) or `gridHxW` (H rows of W whole numbers).
        unit: Unit or coding, such as "m" or "cells"; empty when there is none.
        low: Smallest possible value.
        high: Largest possible value.
        meaning: One line.
        missing: Value that means "unknown" or "none", where that can happen.
    """

    name: str
    kind: str
    unit: str = ""
    low: float = -np.inf
    high: float = np.inf
    meaning: str = ""
    missing: float | None = None

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name.startswith("_"):
            raise ConfigError(
                f"Field name {self.name!r} is not a plain Python identifier.",
                cure="Use letters, digits and inner underscores, such as 'key_pos'.",
            )
        if not _KIND.fullmatch(self.kind):
            raise ConfigError(
                f"Field {self.name!r} has kind {self.kind!r}.",
                cure="Use float, int, bool, vecN (vec2) or gridHxW (grid7x7).",
            )

    @property
    def shape(self) -> tuple[int, ...]:
        """`()` for scalars, `(n,)` for vectors, `(height, width)` for grids."""
        match = _KIND.fullmatch(self.kind)
        assert match is not None, "checked at construction"
        return tuple(int(n) for n in match.groups()[1:] if n is not None)

    @property
    def size(self) -> int:
        """Number of float64 values it takes."""
        return int(np.prod(self.shape, dtype=np.int64))

    def describe(self) -> str:
        """One line of a task card."""
        facts = [self.kind]
        if self.unit:
            facts.append(self.unit)
        if np.isfinite(self.low) or np.isfinite(self.high):
            facts.append(f"{self.low:g} to {self.high:g}")
        if self.missing is not None:
            facts.append(f"{self.missing:g} if none")
        meaning = f": {self.meaning}" if self.meaning else ""
        return f"{self.name} ({', '.join(facts)}){meaning}"


@dataclass(frozen=True)
class StateSpec:
    """The ordered fields of a task's state record."""

    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice or not names:
            raise ConfigError(
                f"A state record needs distinct fields; got {names}.",
                cure=f"Rename {', '.join(twice)}." if twice else "Declare at least one field.",
            )

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __contains__(self, name: object) -> bool:
        return name in self.offsets

    def __getitem__(self, name: str) -> Field:
        for field in self.fields:
            if field.name == name:
                return field
        raise UnknownName.of("state field", name, self.offsets)

    @cached_property
    def size(self) -> int:
        """Float64 values per record."""
        return sum(field.size for field in self.fields)

    @cached_property
    def offsets(self) -> dict[str, int]:
        """First column of each field in a `(N, size)` batch."""
        offsets, column = {}, 0
        for field in self.fields:
            offsets[field.name] = column
            column += field.size
        return offsets

    @cached_property
    def dtype(self) -> np.dtype[np.void]:
        """Structured dtype of one record, `itemsize == 8 * size`."""
        return np.dtype([(f.name, np.float64, f.shape) for f in self.fields])

    def empty(self, n: int) -> Records:
        """Zeroed batch of `n` records, shape `(n, size)`."""
        return np.zeros((n, self.size), dtype=np.float64)

    def view(self, records: Records) -> npt.NDArray[np.void]:
        """The same memory by field name, shape `(N,)`; `spec.view(r)["key_pos"]` is `(N, 2)`."""
        return np.ascontiguousarray(records).view(self.dtype)[..., 0]

    def as_dict(self, record: Records) -> dict[str, float | bool | list[Any]]:
        """One record, shape `(size,)`, as plain Python values for JSON and `info`."""
        row = self.view(record.reshape(1, -1))[0]
        return {
            f.name: bool(row[f.name]) if f.kind == "bool" else row[f.name].tolist() for f in self
        }

    @classmethod
    def from_card(cls, fields: Mapping[str, list[str]]) -> StateSpec:
        """Build from the compact form `{name: [kind, meaning]}` of a JSON card.

        A meaning that says "-1 if ..." declares -1 as the missing value.
        """
        return cls(
            tuple(
                Field(
                    name=name,
                    kind=kind,
                    meaning=meaning,
                    missing=-1.0 if "-1 if" in meaning else None,
                )
                for name, (kind, meaning) in fields.items()
            )
        )
