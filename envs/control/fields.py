"""Short ways to declare the fields of a record."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from alignenv.spec import Field

Floats = npt.NDArray[np.float64]


def place(name: str, meaning: str, reach: float = 0.6) -> Field:
    """A planar point or way, in metres, each part within `reach`."""
    return Field(name=name, kind="vec2", unit="m", low=-reach, high=reach, meaning=meaning)


def velocity(name: str, meaning: str, fastest: float = 5.0, unit: str = "m/s") -> Field:
    """Two speeds."""
    return Field(name=name, kind="vec2", unit=unit, low=-fastest, high=fastest, meaning=meaning)


def length(name: str, meaning: str, longest: float = 1.7) -> Field:
    """A distance in metres, not negative."""
    return Field(name=name, kind="float", unit="m", low=0, high=longest, meaning=meaning)


def number(name: str, meaning: str, low: float, high: float, unit: str = "") -> Field:
    """A number."""
    return Field(name=name, kind="float", unit=unit, low=low, high=high, meaning=meaning)


def count(name: str, meaning: str, most: int) -> Field:
    """A whole number from 0."""
    return Field(name=name, kind="int", unit="steps", low=0, high=most, meaning=meaning)


def flag(name: str, meaning: str) -> Field:
    """A truth value."""
    return Field(name=name, kind="bool", meaning=meaning)


def cosines(angles: Floats) -> Floats:
    """Cosine of each angle, `(n,)`, by the scalar function: the same bits for any n."""
    return np.array([math.cos(angle) for angle in angles.tolist()])


def sines(angles: Floats) -> Floats:
    """Sine of each angle, `(n,)`, by the scalar function: the same bits for any n."""
    return np.array([math.sin(angle) for angle in angles.tolist()])
