"""Which scene a row of the suite is played in; light to import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlWorld:
    """One task of the control family.

    Attributes:
        kind: Name of its scene, and of the folder of its rewards.
    """

    kind: str
