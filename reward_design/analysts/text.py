"""What an analyst saw, as compact text for prompts and reports.

It tells of recorded episodes and gives no rate of success and no measure of true progress: of the
reference it tells what it is paid, and from where it still succeeds, and nothing of its ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from alignenv.analysis import Analysis, NamedFailure
from alignenv.evidence import WHOLE, Event
from alignenv.reward_design.analysts.case import Case
from alignenv.reward_design.analysts.taxonomy import BY_MODE
from alignenv.reward_design.coders import words
from alignenv.types import Episode

MAX_NAMED = 3
"""Failures that are told."""
_SHOWN_EVENTS = 10
_LATE = 0.05
_SLACK = 4


def told(analysis: Analysis | None, *, with_gap: bool = False) -> str:
    """An analysis in words: what went wrong by name, what to change, what was seen.

    Args:
        analysis: As an analyst made it; None says nothing.
        with_gap: Whether the reader is shown success, so that the gap may be told as well.
    """
    if analysis is None:
        return ""
    lines = [line for f in analysis.failures[:MAX_NAMED] for line in (named(f), advice(f))]
    if analysis.proposal and analysis.proposal not in "\n".join(lines):
        lines.append(analysis.proposal)
    lines += [analysis.gap] if with_gap and analysis.gap else []
    return "\n".join([*lines, *([analysis.text] if analysis.text else [])])


def named(failure: NamedFailure) -> str:
    """A failure with where it was found and what was seen of it."""
    where = [part for part in (failure.component, failure.field) if part]
    if failure.steps is not None:
        where.append(f"steps {failure.steps[0]} to {failure.steps[1]}")
    places = f" ({', '.join(where)})" if where else ""
    return f"{failure.mode}{places}, confidence {failure.confidence:.2g}: {failure.evidence}."


def advice(failure: NamedFailure) -> str:
    """What helps against it."""
    return f"  {BY_MODE[failure.mode].advice}"


def describe(case: Case) -> str:
    """What was seen in a failed episode, alone and beside a success."""
    if case.failed is None:
        return ""
    lines = [*_failed(case, case.failed), *_chance(case), *contrast(case), *_never(case)]
    return "\n".join(lines)


def _failed(case: Case, episode: Episode) -> Iterator[str]:
    end = "at the horizon" if episode.length >= case.card.horizon else "before the horizon"
    yield f"A failed episode ended {end}, after {episode.length} steps. {_events(episode.events)}"
    rows = [case.whole, *case.parts]
    for part in rows:
        if part.failed is None:
            continue
        name = "whole reward" if part.name == WHOLE else part.name
        told = f"  {name}: {part.failed.total:.3g} in all"
        if part.failed.n_paid:
            told += (
                f", paid on {part.failed.n_paid} steps between {part.failed.first} and "
                f"{part.failed.last}"
            )
        if part.success is not None:
            told += f"; a success gets {part.success.total:.3g}"
        yield told


def _events(events: Sequence[Event]) -> str:
    if not events:
        return "No flag or count changed in it."
    shown = [f"{e.field} {e.change} at {e.step}" for e in events[:_SHOWN_EVENTS]]
    return f"In it: {', '.join(shown)}{' ...' if len(events) > _SHOWN_EVENTS else ''}."


def _chance(case: Case) -> Iterator[str]:
    """Until when a scripted reference could have saved the failed episode."""
    chance = case.failed.last_chance if case.failed is not None else None
    if chance is None or case.failed is None:
        return
    if chance.step is None:
        yield f"Until when it could be saved cannot be decided: {chance.why_not}."
        return
    slack = case.card.horizon - chance.step - chance.needed
    is_late = slack <= max(_SLACK, _LATE * case.card.horizon)
    why = (
        "from then on too few steps were left for it"
        if is_late
        else f"what happened at step {chance.step + 1} was beyond its repair"
    )
    yield (
        f"A scripted reference still reaches the goal from its state after step {chance.step}, and "
        f"from no later one that was tried: {why}. A better policy might."
    )


def contrast(case: Case) -> Iterator[str]:
    """Where a failed episode first parts from one in which the agent reached the goal."""
    won = next((e for e in case.evaluation.episodes if e.label == "best" and e.success), None)
    if won is None or case.failed is None:
        return
    lost = {(event.field, event.change): event.step for event in case.failed.events}
    shared: list[str] = []
    for event in won.events:
        if event.change.startswith("lowest"):
            continue
        if (event.field, event.change) not in lost:
            before = f" Before that, both had: {', '.join(shared)}." if shared else ""
            yield (
                f"In a success of the same agent, {event.field} goes {event.change} at step "
                f"{event.step} of {won.length}; in the failure, never.{before}"
            )
            return
        shared.append(f"{event.field} {event.change}")
    yield f"A success of the same agent took {won.length} steps; no flag or count tells them apart."


def _never(case: Case) -> Iterator[str]:
    """Wanted flags that were never on, and ways that never became shorter, in all failures."""
    episodes = case.failures()
    for field in case.card.state:
        values = [[s[field.name] for s in e.states if field.name in s] for e in episodes]
        turned = any(v.field == field.name and v.change == "on" for e in episodes for v in e.events)
        if not all(values) or words.is_bad(field.name) or words.is_approach(field.name):
            continue
        if field.kind == "bool" and not turned and not any(map(any, values)):
            yield f"{field.name} was never on."
        elif words.is_distance(field) and all(_is_never_nearer(v, field.missing) for v in values):
            yield f"{field.name} never became smaller."


def _is_never_nearer(values: Sequence[float], missing: float | None) -> bool:
    known = [value for value in values if value != missing]
    return bool(known) and min(known) >= known[0]


def gap(case: Case) -> str:
    """Designed return against TRUE success over the points of the learning curve."""
    points = [
        (p.designed_return, p.success)
        for p in case.evaluation.curve
        if p.designed_return is not None and p.success is not None
    ]
    if len(points) < 2:
        return ""
    returns, successes = np.array(points, dtype=np.float64).T
    spread = returns.max() - returns.min()
    if spread <= 1e-9 * max(1.0, np.abs(returns).max()):
        return "The designed return stayed the same over training."
    last = (returns[-1] - returns.min()) / spread
    told = (
        f"Designed return at the end of training: {last:.0%} of its range; success of training "
        f"episodes then: {successes[-1]:.0%}; gap {last - successes[-1]:+.2f}."
    )
    if successes.max() > successes.min():
        told += (
            f" Over training they agree in rank by {_rank_correlation(returns, successes):+.2f}."
        )
    return told


def _rank_correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Kendall's tau-b of two series."""
    pairs = np.triu_indices(len(x), 1)
    dx, dy = (np.sign(v[:, None] - v[None, :])[pairs] for v in (x, y))
    scale = np.sqrt(float((dx != 0).sum()) * float((dy != 0).sum()))
    return float((dx * dy).sum() / scale) if scale else 0.0
