"""How many layouts a task has, and how many of a report's were met in training.

Disjoint seeds are not disjoint layouts: a small task has few of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from alignenv.batch import BatchEnv
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.split import SPLITS, half_of
from alignenv.seeding import episode_seeds
from alignenv.task import find_task

FULL = (10_000, 1_000)
"""Training and report seeds of a family whose layouts are drawn by the thousand per second."""
SHORT = (500, 100)
"""Those of the other families, whose cores build one simulation per episode."""
FAST_FAMILIES = ("grid", "form")

_BATCH = 500


class Census(NamedTuple):
    """Counts of layouts: how the states in which episodes begin differ.

    Attributes:
        n_train: Training seeds drawn.
        n_report: Report seeds drawn.
        distinct: Distinct layouts among the training seeds.
        met: Share of the report seeds' layouts that are also among the training seeds'.
        halves: How many of the distinct ones are in each half of a split, in the order of
            `alignenv.envs.split.SPLITS`.
    """

    n_train: int
    n_report: int
    distinct: int
    met: float
    halves: tuple[int, int]


def census_size(family: str) -> tuple[int, int]:
    """Training and report seeds that a census of this family draws."""
    return FULL if family in FAST_FAMILIES else SHORT


def count_layouts(task_id: str, n_train: int | None = None, n_report: int | None = None) -> Census:
    """Draw layouts from the training and the report range of seeds and compare them.

    Args:
        task_id: Id of a task of the suite.
        n_train: Training seeds to draw; None for what suits the family.
        n_report: Report seeds to draw; None for what suits the family.

    Raises:
        ConfigError: Layouts of the task cannot be told apart, or its env cannot be made.
    """
    usual = census_size(find_task(task_id).family)
    n_train, n_report = n_train or usual[0], n_report or usual[1]
    core = make_batch(EnvRef(id=task_id), min(_BATCH, n_train))
    trained = set(_layouts(core, episode_seeds(0, "train", n_train)))
    reported = _layouts(core, episode_seeds(0, "report", n_report))
    core.close()
    met = sum(layout in trained for layout in reported) / n_report
    n_first = sum(layout.half == SPLITS[0] for layout in trained)
    return Census(n_train, n_report, len(trained), met, (n_first, len(trained) - n_first))


class _Layout(NamedTuple):
    """A layout by the hash of its key."""

    digest: bytes
    half: str


def _layouts(core: BatchEnv, seeds: Sequence[int]) -> list[_Layout]:
    """One per seed, equal exactly where the layouts are."""
    found: list[_Layout] = []
    for first in range(0, len(seeds), core.n_envs):
        batch: list[int | None] = [*seeds[first : first + core.n_envs]]
        core.reset(batch + [None] * (core.n_envs - len(batch)))
        found += [
            _Layout(hashlib.blake2b(key, digest_size=16).digest(), half_of(key))
            for key in core.layout_keys()[: len(batch)]
        ]
    return found
