"""Searches of these tests share one pool: its template is started once, not for each search."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from alignenv.benchmarks import search
from alignenv.benchmarks.workers import open_pool
from alignenv.envs.make import EnvRef
from alignenv.reward_design.sandbox import Pool
from alignenv.reward_design.study import StudyReader

Opener = Callable[..., AbstractContextManager[Pool]]


@pytest.fixture(scope="session")
def lend_pool() -> Iterator[Opener]:
    """Opens a pool as a search does, or lends the one that an earlier search left idle."""
    idle: dict[tuple[EnvRef, int | None, str], Pool] = {}

    @contextmanager
    def lend(ref: EnvRef, *, n_workers: int | None, isolation: str) -> Iterator[Pool]:
        key = (ref, n_workers, isolation)
        pool = idle.pop(key, None) or open_pool(ref, n_workers=n_workers, isolation=isolation)
        with ExitStack() as on_failure:
            yield on_failure.enter_context(pool)
            on_failure.pop_all()
        idle[key] = pool

    yield lend
    for pool in idle.values():
        pool.close()


@pytest.fixture(autouse=True)
def _shared_pool(monkeypatch: pytest.MonkeyPatch, lend_pool: Opener) -> None:
    monkeypatch.setattr(search, "open_pool", lend_pool)


@pytest.fixture
def exported() -> Callable[[Path], bytes]:
    """Exports the study in a folder; equal searches have equal exports."""

    def export(folder: Path) -> bytes:
        with StudyReader.open(folder) as study:
            return study.export(canonical=True)

    return export
