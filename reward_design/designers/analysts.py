"""Analysts look at failed episodes and say what went wrong: by rule, and by a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alignenv.reward_design.prompts import render
from alignenv.task import TaskCard
from alignenv.types import Episode, Trial, Turn

N_STEPS = 10
"""Last states of a failed episode that are shown."""

MAX_ITEMS = 4
"""Items of a vector or grid that are shown of a state."""

N_EPISODES = 3
"""Failed episodes that are shown."""


def failed_episodes(trial: Trial | None) -> list[Episode]:
    """Recorded episodes of a trained agent that missed the goal."""
    evaluation = trial.evaluation if trial else None
    episodes = evaluation.episodes if evaluation else ()
    by_seed = {episode.seed: episode for episode in episodes if not episode.success}
    return list(by_seed.values())[:N_EPISODES]


def by_rule(card: TaskCard, episodes: Sequence[Episode]) -> str:
    """How the episodes ended, which flags were never on, and what never came nearer."""
    if not episodes:
        return ""
    lines = []
    n_early = sum(episode.length < card.horizon for episode in episodes)
    if n_early:
        lines.append(f"{n_early} of {len(episodes)} failed episodes ended before the horizon.")
    if n_early < len(episodes):
        lines.append(f"{len(episodes) - n_early} of {len(episodes)} ran until the horizon.")
    for field in card.state:
        values = [[s[field.name] for s in e.states if field.name in s] for e in episodes]
        if not all(values):
            continue
        if field.kind == "bool" and not any(map(any, values)):
            lines.append(f"{field.name} was never on.")
        elif field.unit == "steps" and all(_is_never_nearer(v, field.missing) for v in values):
            lines.append(f"{field.name} never became smaller.")
    return "\n".join(lines)


def _is_never_nearer(values: Sequence[float], missing: float | None) -> bool:
    known = [value for value in values if value != missing]
    return bool(known) and min(known) >= known[0]


def conversation(card: TaskCard, episodes: Sequence[Episode]) -> Sequence[Turn]:
    """What a language model is asked in the analyst's role."""
    shown = [{"length": e.length, "steps": _last_steps(e)} for e in episodes]
    system, user = render.amc_analyst_prompts(card, shown)
    return (Turn("system", system), Turn("user", user))


def _last_steps(episode: Episode) -> str:
    """One line per state, the last one at the end."""
    states = episode.states[-N_STEPS:]
    first = episode.length - len(states) + 1
    return "\n".join(f"step {first + i}: {_values(state)}" for i, state in enumerate(states))


def _values(state: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in state.items())


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        items = [_short(item) for item in value[:MAX_ITEMS]]
        return f"[{' '.join(items)}{' ...' if len(value) > MAX_ITEMS else ''}]"
    return str(value)
