"""What people think of a trained agent, as far as a coder is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """A rating by choices between two agents, and what was said with them.

    Attributes:
        rating: Elo rating; told in place of success.
        remarks: What people said of this agent beside another one, oldest first.
    """

    rating: float
    remarks: tuple[str, ...] = ()


Opinions = Mapping[str, Opinion]
"""Opinions by candidate id."""

UNRATED: Opinions = MappingProxyType({})
"""Nobody was asked."""
