"""Findings in words: for the writer of a program, and for a language model that judges it."""

from __future__ import annotations

from collections.abc import Sequence

from alignenv.critique import Case, Finding, Judgement
from alignenv.reward_design.text import plain

MOST = 6
"""Findings that are told."""


def for_coder(findings: Sequence[Finding]) -> str:
    """What is wrong and what cures it, one line each; what could not be seen is left out."""
    told = [f for f in findings if f.severity != "unseen"][:MOST]
    return "\n".join(
        f"- {f.message}" + (f" Seen: {f.evidence}" if f.evidence else "") for f in told
    )


def for_judge(case: Case, judgement: Judgement) -> str:
    """What the rules measured, for a model that is asked for its opinion.

    Args:
        case: The program.
        judgement: What the rules say of it; their probability is not told.
    """
    lines = [
        f"- {f.severity} {f.code}: {f.evidence or f.message}" for f in judgement.findings[:MOST]
    ]
    if case.payments is not None:
        lines += [
            f"- component {plain(name, 64)}: {low:.3g} to {high:.3g}, not zero on {share:.1%} of "
            "recorded steps"
            for name, low, high, share in _components(case)
        ]
    return "\n".join(lines) or "- nothing to object to was measured"


def _components(case: Case) -> list[tuple[str, float, float, float]]:
    assert case.payments is not None, "asked before"
    columns = case.payments.components
    return [
        (name, float(c.min()), float(c.max()), float((c != 0).mean()))
        for name, c in zip(case.payments.names, columns.T, strict=True)
    ]
