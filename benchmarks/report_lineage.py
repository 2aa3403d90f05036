"""The family tree of candidates as a drawing: one row a generation, one node a candidate."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from alignenv.types import Trial

STEP_X, STEP_Y, RADIUS, MARGIN, LABEL = 48, 98, 17, 26, 28
BELOW = 40
"""Where lines to children begin: under the node and its id."""
FAILED_MARK = "\N{MULTIPLICATION SIGN}"
SHADES = 5
"""Fill colours from no success to full success, `s0` to `s4` in the style sheet."""


@dataclass(frozen=True, slots=True)
class Node:
    """One candidate.

    Attributes:
        id: Candidate id.
        x: Centre, in drawing units.
        y: Centre.
        mark: TRUE success in per cent, or a cross for a failure.
        kind: `full`, `stopped` or `failed`; decides the shape.
        shade: Index of the fill colour.
        is_best: Whether it was selected.
        title: One sentence for pointers and screen readers.
    """

    id: str
    x: float
    y: float
    mark: str
    kind: str
    shade: int
    is_best: bool
    title: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from parent to child, as an SVG path; `is_best` where it leads to the winner."""

    path: str
    is_best: bool


@dataclass(frozen=True, slots=True)
class Lineage:
    """A drawing of `width` times `height` units; `rows` are (y, text) labels at the left."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    rows: tuple[tuple[float, str], ...]


def lay_out(trials: Sequence[Trial], best: str | None) -> Lineage:
    """Place candidates by generation and id, and join each with its parents."""
    ancestry = _ancestry(trials, best)
    places: dict[str, tuple[float, float]] = {}
    taken: Counter[int] = Counter()
    order = {g: i for i, g in enumerate(sorted({t.candidate.generation for t in trials}))}
    for trial in trials:
        row = order[trial.candidate.generation]
        x = LABEL + MARGIN + STEP_X * taken[row]
        places[trial.candidate.id] = (x, MARGIN + STEP_Y * row)
        taken[row] += 1
    return Lineage(
        width=LABEL + 2 * MARGIN + STEP_X * (max(taken.values(), default=1) - 1),
        height=2 * MARGIN + STEP_Y * (max(len(order), 1) - 1) + 14,
        nodes=tuple(_node(trial, *places[trial.candidate.id], best) for trial in trials),
        edges=tuple(sorted(_edges(trials, places, ancestry), key=lambda edge: edge.is_best)),
        rows=tuple((MARGIN + STEP_Y * row, f"g{g:02d}") for g, row in order.items()),
    )


def _ancestry(trials: Sequence[Trial], best: str | None) -> set[str]:
    """The selected candidate and all its forebears."""
    parents = defaultdict(tuple, {t.candidate.id: t.candidate.parents for t in trials})
    found: set[str] = set()
    waiting = [best] if best else []
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += parents[name]
    return found


def _edges(
    trials: Sequence[Trial], places: dict[str, tuple[float, float]], ancestry: set[str]
) -> list[Edge]:
    edges = []
    for child in (trial.candidate for trial in trials):
        x, y = places[child.id]
        for parent in child.parents:
            if parent not in places:
                continue
            from_x, from_y = places[parent]
            middle = (from_y + BELOW + y - RADIUS) / 2
            start = f"M{from_x:g},{from_y + BELOW:g}"
            curve = f"C{from_x:g},{middle:g} {x:g},{middle:g} {x:g},{y - RADIUS:g}"
            edges.append(Edge(f"{start} {curve}", child.id in ancestry and parent in ancestry))
    return edges


def _node(trial: Trial, x: float, y: float, best: str | None) -> Node:
    name = trial.candidate.id
    if trial.evaluation is None:
        failure = trial.failure.kind.value if trial.failure else "unknown"
        return Node(name, x, y, FAILED_MARK, "failed", 0, False, f"{name}: failed ({failure})")
    success = trial.evaluation.score.success
    stopped = trial.evaluation.stopped_at is not None
    how = "stopped early" if stopped else "fully trained"
    chosen = ", selected" if name == best else ""
    return Node(
        id=name,
        x=x,
        y=y,
        mark=f"{100 * success:.0f}",
        kind="stopped" if stopped else "full",
        shade=min(SHADES - 1, int(success * SHADES)),
        is_best=name == best,
        title=f"{name}: TRUE success {success:.0%}, {how}{chosen}",
    )
