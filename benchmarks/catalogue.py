"""The suite as rows and documents, for people and scripts."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from alignenv.agents.presets import load_preset
from alignenv.benchmarks.measured import success_rates
from alignenv.envs.suite import SUITE
from alignenv.spec import Field
from alignenv.task import find_task, known_task_ids


def catalogue() -> list[dict[str, Any]]:
    """One row per known task: what it is, its training budget, its rewards, what was measured.

    `random`, `oracle`, `sparse`, `novelty`, `programs`, `human` and `hackable` are shares of TRUE
    success, None where nothing was measured.
    """
    rows = []
    for task_id in known_task_ids():
        task = find_task(task_id)
        preset = load_preset(task.id, task.family)
        row = SUITE.row(task_id)
        rows.append(
            {
                "id": task.id,
                "family": task.family,
                "horizon": task.card.horizon,
                "goal": task.card.goal,
                "obs": preset.obs,
                "env_steps": preset.whole_rollouts(preset.total_timesteps),
                "rewards": list(task.rewards),
                "tags": list(row.tags) if row else [],
                **success_rates(task.id, task.family),
            }
        )
    return rows


def describe(task_id: str) -> dict[str, Any]:
    """Everything about one task, as plain values for JSON.

    Raises:
        UnknownName: There is no such task.
    """
    from alignenv.benchmarks.task_page import gather

    page = gather(task_id)
    task, card, row = page.task, page.task.card, page.row
    return {
        "id": task.id,
        "family": task.family,
        "tags": list(row.tags),
        "origin": row.origin,
        "requires": row.requires or task.requires,
        "goal": card.goal,
        "about": task.about,
        "hazards": list(card.hazards),
        "observes": card.observes,
        "action": {**asdict(card.action), "kind": card.action.kind},
        "action_space": page.action_space,
        "observation_space": page.observation_space,
        "obs": page.preset.obs,
        "termination": card.termination,
        "horizon": card.horizon,
        "has_truth": task.has_truth,
        "state": [_field(part) for part in card.state],
        "context": [asdict(part) for part in task.context],
        "rewards": [{"name": name, **asdict(reward)} for name, reward in task.rewards.items()],
        "preset": page.preset.model_dump(mode="json"),
        "success": dict(page.rates),
    }


def _field(field: Field) -> dict[str, Any]:
    return {**asdict(field), "low": _finite(field.low), "high": _finite(field.high)}


def _finite(bound: float) -> float | None:
    """JSON has no infinity: None is no bound."""
    return bound if math.isfinite(bound) else None
