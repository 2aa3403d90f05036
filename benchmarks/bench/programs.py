"""How many programs each search trained, and what a long training has beside its env steps.

A draft that a search already knows is not trained again, so a search may train fewer programs than
its protocol allows, and fewer env steps than the long training that stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alignenv.benchmarks.bench.accounts import searches_of
from alignenv.benchmarks.bench.collect import Collected, Place
from alignenv.benchmarks.bench.records import Record
from alignenv.benchmarks.bench.rows import find_row
from alignenv.benchmarks.bench.sheets import NONE, Sheet

LONG = "sparse-equal-steps"


def n_programs(record: Record) -> int:
    """Programs that a search wrote and kept."""
    return len(record["search"]["candidates"])


def long_share(found: Collected, row: str, task: str) -> float | None:
    """Env steps of one long training on the sparse reward over those of a search.

    Both with one training of the winner. None where either has no record.
    """
    places = [found.places.get(name, {}).get(task) for name in (LONG, row)]
    long, search = (place if place and place.records else None for place in places)
    if long is None or search is None:
        return None
    steps = [record["cost"]["env_steps_search"] for record in search.records]
    ours = np.mean(steps) + search.facts.full
    return float(np.mean([run["env_steps"] for run in long.runs]) / ours)


def programs_sheet(found: Collected) -> Sheet | None:
    """Programs of each search by task; None for a suite without searches."""
    rows = [row for row in searches_of(found) if found.records(row)]
    if not rows:
        return None
    longs = [row for row in searches_of(found, ("search",)) if row in rows]
    longs = longs if LONG in found.places and found.records(LONG) else []
    tasks = [
        task
        for task in found.suite.tasks
        if any(task in found.places[row] and found.places[row][task].records for row in rows)
    ]
    labels = [find_row(row).label for row in rows]
    return Sheet(
        key="programs",
        title="Programs of each search",
        columns=(
            "task",
            *labels,
            *(f"long training / {find_row(row).label}" for row in longs),
        ),
        rows=(
            *(_row(found, task, rows, longs) for task in tasks),
            ("all of them", *(_total(found, row) for row in rows), *[NONE] * len(longs)),
        ),
        notes=(
            "The fewest and the most programs that a search of the row trained. A draft that is "
            "known already is not trained again, so a search that finds no new one ends with "
            "fewer. Below: programs of all searches, of those that they may train.",
            *((_LONG_NOTE,) if longs else ()),
        ),
    )


_LONG_NOTE = (
    "Long training: env steps of the row sparse, steps of a search, over those that a search and "
    "one training of its winner took, on average. It has the steps of a search that finds all its "
    "programs; above 1 it has more than the searches beside it."
)


def _row(found: Collected, task: str, rows: Sequence[str], longs: Sequence[str]) -> tuple[str, ...]:
    shares = [long_share(found, row, task) for row in longs]
    return (
        task.removeprefix("AlignEnv-"),
        *(_range(found.places[row].get(task)) for row in rows),
        *(NONE if share is None else f"{share:.2f}" for share in shares),
    )


def _range(place: Place | None) -> str:
    counts = sorted(map(n_programs, place.records)) if place else []
    if not counts:
        return NONE
    few, many = counts[0], counts[-1]
    return f"{few}" if few == many else f"{few} to {many}"


def _total(found: Collected, row: str) -> str:
    n, most = programs_of_all(found, row)
    return f"{n:,} of {most:,}"


def programs_of_all(found: Collected, row: str) -> tuple[int, int]:
    """Programs that the searches of a row trained, and those that they might have."""
    records = found.records(row)
    return sum(map(n_programs, records)), sum(map(_most, records))


def _most(record: Record) -> int:
    """Programs that a search may train: given ones, or as many as its protocol allows."""
    told = record["settings"]
    if "programs" in told:
        return len(told["programs"])
    return int(told["search"]["generations"]) * int(told["search"]["candidates"])
