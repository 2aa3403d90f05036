"""The worst best-paid behaviour of an audit as an animation."""

from __future__ import annotations

from pathlib import Path

from alignenv.benchmarks.animation import write_animation
from alignenv.benchmarks.audit import Audited
from alignenv.benchmarks.playing import replay
from alignenv.envs.make import make_batch
from alignenv.errors import ConfigError
from alignenv.reward_design.audit.behaviour import Behaviour

SHOWN = 40
"""Steps of a lap that are shown at least, however short it is."""


def animate(found: Audited, out: Path) -> None:
    """Play the first behaviour that an exact audit reports, and write it.

    Args:
        found: The audit.
        out: `.webp` or `.gif`.

    Raises:
        ConfigError: There is no behaviour that can be played.
        MachineError: The file cannot be written.
    """
    for worth in found.audit.worths:
        if worth.seed is not None:
            env = make_batch(found.request.ref, 1)
            frames = replay(env, worth.seed, actions(worth.behaviour, env.task.card.horizon))
            env.close()
            write_animation(out, frames)
            return
    raise ConfigError(
        "This audit has no behaviour that can be played.",
        cure="Leave out --animation; the steps of what was found are printed.",
    )


def actions(behaviour: Behaviour, horizon: int) -> list[int]:
    """Actions of a behaviour, its lap repeated for a while."""
    steps = [step.action for step in behaviour.steps]
    lap = [step.action for step in behaviour.lap_steps]
    for _ in range(SHOWN // len(lap) if lap else 0):
        steps += lap
    return [int(action) for action in steps[:horizon] if isinstance(action, float | int)]
