"""The suite as rows for people and scripts."""

from __future__ import annotations

from typing import Any

from alignenv.agents.presets import load_preset
from alignenv.task import find_task, known_task_ids


def catalogue() -> list[dict[str, Any]]:
    """One row per known task: id, family, horizon, observation, training budget, rewards."""
    rows = []
    for task_id in known_task_ids():
        task = find_task(task_id)
        preset = load_preset(task.id, task.family)
        rows.append(
            {
                "id": task.id,
                "family": task.family,
                "horizon": task.card.horizon,
                "goal": task.card.goal,
                "obs": preset.obs,
                "env_steps": preset.whole_rollouts(preset.total_timesteps),
                "rewards": list(task.rewards),
            }
        )
    return rows
