"""The suite as data: one row per environment id."""

from __future__ import annotations


def register_all() -> None:
    """Register every row with Gymnasium; safe to call twice."""
