"""Which recorded episodes an analyst compares: one that failed, and one that did not."""

from __future__ import annotations

from alignenv.types import Episode, Evaluation

SOLVED = 0.9
"""TRUE success from which nothing is looked for."""


def failed_episode(evaluation: Evaluation) -> Episode | None:
    """The failed episode to look at: typical where the typical one failed, else the worst."""
    found = {e.label: e for e in evaluation.episodes if not e.success}
    return found.get("typical") or found.get("worst") or next(iter(found.values()), None)


def success_episode(evaluation: Evaluation) -> Episode | None:
    """A success to hold against it: the scripted reference's on the same layout, or the agent's."""
    found = {e.label: e for e in evaluation.episodes if e.success}
    return found.get("reference") or found.get("best")


def studied(evaluation: Evaluation) -> tuple[Episode, ...]:
    """The failed episode and the success, as far as there are any; none for a solved task."""
    failed = failed_episode(evaluation)
    if failed is None or evaluation.score.success >= SOLVED:
        return ()
    success = success_episode(evaluation)
    return (failed,) if success is None else (failed, success)
