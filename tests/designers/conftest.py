"""Designers are fed by hand: what each program reaches is said by the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from alignenv.testing.coders import failed, trained
from alignenv.types import Candidate, Designer, FailureKind, Trial

Feed = Callable[[Designer, Sequence[float | None]], list[Candidate]]


@pytest.fixture
def feed() -> Feed:
    """Run one generation: success of each candidate in order, None for one that failed."""

    def run(designer: Designer, successes: Sequence[float | None]) -> list[Candidate]:
        candidates = list(designer.ask(len(successes)))
        assert len(candidates) == len(successes)
        trials: list[Trial] = [
            failed(c, FailureKind.RULE) if s is None else trained(c, s, ("gain",))
            for c, s in zip(candidates, successes, strict=True)
        ]
        designer.tell(trials)
        return candidates

    return run
