"""The best that pays without success: a walk through what was recorded of one layout.

The recorded transitions of a layout are a graph of records. An agent that maximises a program's
discounted pay and never succeeds walks it: round a cycle that pays, or to an end. What that walk
is worth, beside recorded successes, says whether a program can be farmed, and whether standing
still or an early end beats success.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alignenv.critique import Evidence, Floats, Recording

_EFFECTIVE = 4.0
"""Horizons of the discount that are looked ahead."""

_CONTINUES, _FAILS, _SUCCEEDS = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walk:
    """The best that pays without success, from a layout's start.

    Attributes:
        value: Discounted pay; `-inf` where no such walk was recorded.
        way: Rows on the way to the cycle, or to the end.
        cycle: Rows of the cycle; none where the walk ends.
    """

    value: float
    way: tuple[int, ...] = ()
    cycle: tuple[int, ...] = ()


def best_failing_walk(
    evidence: Evidence, total: Floats, recordings: Sequence[Recording], gamma: float
) -> Walk:
    """The best walk through one layout's recordings that never succeeds.

    Args:
        evidence: What was recorded.
        total: What each row pays, `(N,)`.
        recordings: All recordings of one layout; the first begins where the walk does.
        gamma: Discount of the walker.
    """
    graph = _Graph(evidence, total, recordings)
    values = np.zeros(graph.n_nodes)
    for _ in range(_n_steps(evidence.horizon, gamma)):
        values = graph.improve(values, gamma)
    return graph.trace(values, gamma)


def _n_steps(horizon: int, gamma: float) -> int:
    return horizon if gamma >= 1.0 else min(horizon, math.ceil(_EFFECTIVE / (1.0 - gamma)))


class _Graph:
    """One edge per distinct transition, with its mean pay; records are nodes."""

    def __init__(self, evidence: Evidence, total: Floats, recordings: Sequence[Recording]) -> None:
        rows = np.concatenate([np.arange(r.first, r.first + r.n_steps) for r in recordings])
        ends = np.zeros(evidence.n_rows, dtype=np.int64)
        for r in recordings:
            if r.terminated or r.branch + r.n_steps >= evidence.horizon:
                ends[r.first + r.n_steps - 1] = _SUCCEEDS if r.success else _FAILS
        action = evidence.action.reshape(evidence.n_rows, -1)[rows]
        key = np.column_stack([evidence.before[rows], evidence.after[rows], ends[rows], action])
        edges, first, edge, count = np.unique(
            key, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        self.rows, self.end = rows[first], edges[:, 2]
        self.pay = np.bincount(edge.reshape(-1), weights=total[rows]) / count
        nodes, flat = np.unique(edges[:, :2].reshape(-1), return_inverse=True)
        self.n_nodes = len(nodes)
        self.source, self.target = flat.reshape(-1, 2).T
        # Outcomes of one action are averaged: luck is nothing that an agent can choose.
        choices, group = np.unique(
            np.column_stack([self.source, edges[:, 3:]]), axis=0, return_inverse=True
        )
        self.group, self.chooser = group.reshape(-1), choices[:, 0].astype(np.int64)
        self.weight = count / np.bincount(self.group, weights=count)[self.group]
        self.start = int(np.searchsorted(nodes, evidence.before[recordings[0].first]))

    def _worth(self, values: Floats, gamma: float) -> Floats:
        """Worth of each edge for who does not succeed; `-inf` where nothing was recorded after."""
        later = np.where(self.end == _CONTINUES, values[self.target], 0.0)
        return np.where(self.end == _SUCCEEDS, -np.inf, self.pay + gamma * later)

    def improve(self, values: Floats, gamma: float) -> Floats:
        """One step of value iteration."""
        chosen = np.bincount(
            self.group,
            weights=self.weight * self._worth(values, gamma),
            minlength=len(self.chooser),
        )
        found = np.full(self.n_nodes, -np.inf)
        np.maximum.at(found, self.chooser, chosen)
        return found

    def trace(self, values: Floats, gamma: float) -> Walk:
        """Follow the best choices until they end or repeat."""
        value = float(values[self.start])
        worth = self._worth(values, gamma)
        best: dict[int, int] = {}
        for edge in np.argsort(worth, kind="stable").tolist():
            if np.isfinite(worth[edge]):
                best[int(self.source[edge])] = edge
        node, seen, way = self.start, {self.start: 0}, list[int]()
        while node in best:
            edge = best[node]
            way.append(int(self.rows[edge]))
            if self.end[edge]:
                break
            node = int(self.target[edge])
            if node in seen:
                return Walk(
                    value=value, way=tuple(way[: seen[node]]), cycle=tuple(way[seen[node] :])
                )
            seen[node] = len(way)
        return Walk(value=value, way=tuple(way))
