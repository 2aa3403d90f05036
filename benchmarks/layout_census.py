"""How many layouts a task has, and how many of a report's were met in training.

Disjoint seeds are not disjoint layouts: a small grid has few of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.layouts.table import find_generator, pack_params
from alignenv.envs.grid.rng import seed_stream
from alignenv.envs.grid.world import build_geometry, build_world
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


def count_layouts(layout: GridLayout, n_train: int = N_TRAIN, n_report: int = N_REPORT) -> Census:
    """Draw layouts from the training and the report range of seeds and compare them.

    Args:
        layout: Which grids.
        n_train: Training seeds to draw.
        n_report: Report seeds to draw.
    """
    trained = set(_digests(layout, episode_seeds(0, "train", n_train)))
    reported = _digests(layout, episode_seeds(0, "report", n_report))
    met = sum(digest in trained for digest in reported) / n_report
    return Census(n_train, n_report, len(trained), met)


def _digests(layout: GridLayout, seeds: Sequence[int]) -> list[bytes]:
    """One hash per seed, equal exactly where the layouts are."""
    found = []
    generator = find_generator(layout)
    params, geometry = pack_params(layout, generator), build_geometry(layout)
    for first in range(0, len(seeds), _BATCH):
        batch = seeds[first : first + _BATCH]
        world = build_world(len(batch), geometry)
        for row, seed in enumerate(batch):
            world.streams[row] = seed_stream(seed)
        generator.begin(np.ones(len(batch), dtype=np.bool_), world, geometry, params)
        agents = np.asarray(world.agents)
        starts = np.stack([agents["position"], agents["direction"]], axis=1)
        found += [
            hashlib.blake2b(cells.tobytes() + start.tobytes(), digest_size=16).digest()
            for cells, start in zip(world.cells, starts, strict=True)
        ]
    return found
