"""How many layouts a task has, and how many of a report's were met in training.

Disjoint seeds are not disjoint layouts: a small grid has few of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from alignenv.envs.grid.core import GridCore
from alignenv.envs.make import EnvRef, make_batch
from alignenv.seeding import episode_seeds

N_TRAIN, N_REPORT = 10_000, 1_000
_BATCH = 1_000


class Census(NamedTuple):
    """Counts of layouts: grid, agent's place and direction at the start of an episode.

    Attributes:
        n_train: Training seeds drawn.
        n_report: Report seeds drawn.
        distinct: Distinct layouts among the training seeds.
        met: Share of the report seeds' layouts that are also among the training seeds'.
    """

    n_train: int
    n_report: int
    distinct: int
    met: float


def count_layouts(task_id: str, n_train: int = N_TRAIN, n_report: int = N_REPORT) -> Census:
    """Draw layouts from the training and the report range of seeds and compare them.

    Args:
        task_id: Id of a grid task.
        n_train: Training seeds to draw.
        n_report: Report seeds to draw.
    """
    trained = set(_digests(task_id, episode_seeds(0, "train", n_train)))
    reported = _digests(task_id, episode_seeds(0, "report", n_report))
    met = sum(digest in trained for digest in reported) / n_report
    return Census(n_train, n_report, len(trained), met)


def _digests(task_id: str, seeds: Sequence[int]) -> list[bytes]:
    """One hash per seed, equal exactly where the layouts are."""
    found: list[bytes] = []
    for first in range(0, len(seeds), _BATCH):
        batch = seeds[first : first + _BATCH]
        core = make_batch(EnvRef(id=task_id), len(batch))
        assert isinstance(core, GridCore), f"{task_id} is a grid task"
        core.reset(batch)
        keys = core.layout_keys()
        found += [hashlib.blake2b(key, digest_size=16).digest() for key in keys]
        core.close()
    return found
