"""How different the programs of a generation are, and how differently their agents did."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from alignenv.reward_design.archive import fingerprint
from alignenv.types import Trial


def diversity(trials: Sequence[Trial], fields: Iterable[str]) -> dict[str, Any]:
    """Figures of one generation, for its record.

    Args:
        trials: Its candidates with their outcomes.
        fields: Names of the state fields that programs may read.

    Returns:
        `candidates`: how many; `programs`: how many different ones, up to layout and names;
        `apart`: mean Jaccard distance of the sets of fields that two of these read, in [0, 1],
        None for fewer than two; `success`: lowest, median and highest TRUE success of those that
        were trained, empty for none.
    """
    known = frozenset(fields)
    sources = [t.candidate.source for t in trials if t.candidate.source]
    programs = {fingerprint(source): source for source in sources}
    read = [fields_read(source, known) for source in programs.values()]
    gaps = [_distance(a, b) for a, b in combinations(read, 2)]
    rates = sorted(t.evaluation.score.success for t in trials if t.evaluation)
    return {
        "candidates": len(trials),
        "programs": len(programs),
        "apart": round(statistics.fmean(gaps), 6) if gaps else None,
        "success": [rates[0], statistics.median(rates), rates[-1]] if rates else [],
    }


def fields_read(source: str, known: frozenset[str]) -> frozenset[str]:
    """State fields that a program names; none of a text that Python cannot parse."""
    try:
        nodes = ast.walk(ast.parse(source))
        return frozenset(n.attr for n in nodes if isinstance(n, ast.Attribute) and n.attr in known)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()


def _distance(a: frozenset[str], b: frozenset[str]) -> float:
    union = a | b
    return 1 - len(a & b) / len(union) if union else 0.0
