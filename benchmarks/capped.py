"""How a search ends that a cap stopped: with the best so far, and so that it can still go on.

A resumed search with a higher cap must end as one that was never stopped. What depends on who is
best so far is therefore recorded apart from the results that a finished search is made of, and
taken over where the finished search turns out to need it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from alignenv.reward_design.study import StoredResult, Study

BEST = "report/best/"
AGAIN = "/again/"


class EndingStore:
    """The results of the second trainings and of the final comparison of a search.

    Args:
        study: Where they are kept.
        best: Id of the selected candidate; empty before there is one, or where there is none.
        is_capped: Whether a cap stopped the search, so that it may end otherwise when resumed.
    """

    def __init__(self, study: Study, best: str, *, is_capped: bool) -> None:
        self._study, self._best, self._is_capped = study, best, is_capped

    def find_result(self, key: str) -> StoredResult | None:
        """The result recorded under `key`, or by a search that stopped with the same winner."""
        found = self._study.find_result(key)
        if found is not None or not _may_change(key):
            return found
        found = self._study.find_provisional(self._apart(key))
        if found is None:
            return None
        if not self._is_capped:
            arrays, volatile = found.arrays, found.volatile
            self._study.record_result(key, found.document, arrays, volatile=volatile)
        return replace(found, key=key)

    def record_result(
        self,
        key: str,
        document: Mapping[str, Any],
        arrays: Mapping[str, Any] | None = None,
        *,
        volatile: Mapping[str, Any],
    ) -> None:
        """Keep a result; apart where another end of the search would have another in its place."""
        if self._is_capped and _may_change(key):
            apart = self._apart(key)
            self._study.record_provisional(apart, document, arrays, volatile=volatile)
        else:
            self._study.record_result(key, document, arrays, volatile=volatile)

    def _apart(self, key: str) -> str:
        """The key with the name of the winner in it."""
        return key.replace(BEST, f"report/{self._best}/")


def _may_change(key: str) -> bool:
    """Whether it depends on which candidates were tried."""
    return key.startswith(BEST) or AGAIN in key
