"""Peers' own summaries beside ours: what their papers would print of the same records."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alignenv.benchmarks.bench.results import EQUAL_MARGIN, RowResult
from alignenv.benchmarks.bench.sheets import NONE, Sheet, marked


def peer_sheet(results: Sequence[RowResult]) -> Sheet:
    """Eureka's normalised score and win share, and Text2Reward's count of tasks."""
    human = next((result.by_task for result in results if result.row.name == "human"), {})
    return Sheet(
        key="peers",
        title="As peers report",
        columns=("row", "HNS (Eureka)", "beats human (Eureka)", "similar or better (Text2Reward)"),
        rows=tuple(
            _row(result, human)
            for result in results
            if result.row.kind != "player" and result.row.name != "human"
        ),
        notes=(
            "Eureka (Ma et al., 2024): mean human-normalised score, each task cut to [0, 3], and "
            "the share of tasks whose mean success is above the human reward's. Its paper takes "
            "the best checkpoint of each training; these are final policies. Text2Reward (Xie et "
            "al., 2024): tasks on which success is similar to the expert reward's or better, read "
            f"here as no more than {EQUAL_MARGIN:.0%} below it. Both compare means; neither says "
            "what chance would do. * On tasks of its own.",
        ),
    )


def _row(result: RowResult, human: dict[str, float]) -> tuple[str, ...]:
    shared = [task for task in result.by_task if task in human]
    score = NONE if result.normalised is None else f"{result.normalised.score:.2f}"
    if not shared:
        return marked(result), score, NONE, NONE
    gaps = np.array([result.by_task[task] - human[task] for task in shared])
    similar = np.count_nonzero(gaps >= -EQUAL_MARGIN)
    above = np.count_nonzero(gaps > 0)
    return (
        marked(result),
        score,
        f"{above / len(shared):.0%} ({above} of {len(shared)})",
        f"{similar} of {len(shared)}",
    )
