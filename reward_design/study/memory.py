"""A result store in memory, for tests of what records its answers, here and in extensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alignenv.reward_design.study.reader import StoredResult


class ResultMemory:
    """Keeps results in memory, each key once.

    Attributes:
        kept: Results by key, in the order recorded.
    """

    def __init__(self) -> None:
        self.kept: dict[str, StoredResult] = {}

    def find_result(self, key: str) -> StoredResult | None:
        """The result recorded under `key`, if there is one."""
        return self.kept.get(key)

    def record_result(
        self,
        key: str,
        document: Mapping[str, Any],
        arrays: Mapping[str, Any] | None = None,
        *,
        volatile: Mapping[str, Any],
    ) -> None:
        """Keep a result; one that is known already is a fault of who records it."""
        assert key not in self.kept, f"{key} is recorded twice"
        self.kept[key] = StoredResult(key, dict(document), dict(arrays or {}), dict(volatile))
