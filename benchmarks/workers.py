"""The pool of sandboxed workers that every training and evaluation goes through."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alignenv.envs.make import EnvRef
from alignenv.reward_design.sandbox import Pool

PRELOAD = ("alignenv.benchmarks.jobs",)
WARM_UP = "alignenv.benchmarks.jobs:warm_template"


def n_cores() -> int:
    """Cores this process may use."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)


@contextmanager
def open_pool(
    ref: EnvRef,
    *,
    n_workers: int | None,
    isolation: str,
    run_dir: Path | None = None,
) -> Iterator[Pool]:
    """A warm pool for one env; workers get a folder that is removed afterwards.

    Args:
        ref: The env; its package is imported by the template and readable for workers.
        n_workers: Parallel workers; None for one per core.
        isolation: `auto`, or `kernel` to refuse anything weaker.
        run_dir: Where workers' folders are made; None for the system's temporary folder.

    Raises:
        MachineError: Strict isolation was asked for and cannot be had.
    """
    with (
        tempfile.TemporaryDirectory(prefix="alignenv-", dir=run_dir) as folder,
        Pool(
            n_workers or n_cores(),
            preload=PRELOAD,
            warm_up=WARM_UP,
            isolation=isolation,
            run_dir=Path(folder),
            reads=reads_of(ref),
        ) as pool,
    ):
        yield pool
