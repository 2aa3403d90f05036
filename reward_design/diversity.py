"""How different the programs of a generation are, and how differently their agents did."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from alignenv.program.subset import fields_read
from alignenv.reward_design.archive import fingerprint
from alignenv.spec import StateSpec
from alignenv.types import Trial


def diversity(trials: Sequence[Trial], spec: StateSpec) -> dict[str, Any]:
    """Figures of one generation, for its record.

    Args:
        trials: Its candidates with their outcomes.
        spec: The state fields that programs may read.

    Returns:
        `candidates`: how many; `programs`: how many different ones, up to layout and names;
        `apart`: mean Jaccard distance of the sets of fields that two of these read, in [0, 1],
        None for fewer than two; `success`: lowest, median and highest TRUE success of those that
        were trained, empty for none.
    """
    sources = [t.candidate.source for t in trials if t.candidate.source]
    programs = {fingerprint(source): source for source in sources}
    read = [_fields_of(source, spec) for source in programs.values()]
    gaps = [_distance(a, b) for a, b in combinations(read, 2)]
    rates = sorted(t.evaluation.score.success for t in trials if t.evaluation)
    return {
        "candidates": len(trials),
        "programs": len(programs),
        "apart": round(statistics.fmean(gaps), 6) if gaps else None,
        "success": [rates[0], statistics.median(rates), rates[-1]] if rates else [],
    }


def _fields_of(source: str, spec: StateSpec) -> frozenset[str]:
    """Fields that a program may read; none of a text that Python cannot parse."""
    try:
        return fields_read(ast.parse(source), spec)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()


def _distance(a: frozenset[str], b: frozenset[str]) -> float:
    union = a | b
    return 1 - len(a & b) / len(union) if union else 0.0
