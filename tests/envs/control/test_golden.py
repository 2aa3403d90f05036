"""Trajectories that a human can read: what the oracle does on seed 0, in whole centimetres.

A new MuJoCo may move the last digit. After an intended change write them anew and review it:
`ALIGNENV_REGENERATE=1 python -m pytest tests/envs/control/test_golden.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from alignenv.envs.control.rows import CONTROL_ROWS
from alignenv.envs.make import EnvRef, make_batch
from alignenv.envs.row import Row
from alignenv.task import find_task

FOLDER = Path(__file__).parent / "golden"
SHOWN = {
    "ant": ("distance", "height", "tilt", "fallen"),
    "arm": ("tip_pos", "goal_pos", "goal_distance", "held"),
    "cheetah": ("distance", "height", "tilt", "fallen"),
    "cup": ("cup_pos", "ball_from_cup", "in_cup", "held"),
    "drawer": ("finger_pos", "handle_distance", "opening", "holding"),
    "hopper": ("distance", "height", "tilt", "fallen"),
    "humanoid": ("distance", "height", "tilt", "fallen"),
    "latch": ("finger_pos", "latch_travel", "unlocked", "door_angle"),
    "maze": ("ball_pos", "goal_pos", "straight_distance", "path_to_goal"),
    "peg": ("peg_pos", "angle", "depth", "offset"),
    "pick": ("hand_pos", "box_pos", "gap", "grasping", "goal_distance"),
    "push": ("finger_pos", "puck_pos", "touching", "goal_distance"),
    "pusher": ("tip_pos", "object_pos", "tip_distance", "goal_distance"),
    "reacher": ("fingertip_pos", "target_pos", "distance", "held"),
    "swing": ("height", "side", "speed", "held"),
    "walker": ("distance", "height", "tilt", "fallen"),
}
BY_ID = [pytest.param(row, id=row.name) for row in CONTROL_ROWS]


def tell(row: Row) -> str:
    """One episode as lines of text: the oracle's, or a slow wave where there is none."""
    task = find_task(row.id)
    batch = make_batch(EnvRef(id=row.id), 1)
    batch.reset([0])
    oracle = task.oracle(batch) if task.oracle else None
    every = 2 if oracle is None else 5
    high = batch.action_space.high
    lines = [f"{row.id}, seed 0, {'a slow wave' if oracle is None else 'the oracle'}"]
    lines.append(describe(row, "start", batch.start))
    for step in range(1, (20 if oracle is None else row.horizon) + 1):
        wave = 0.3 * high * np.sin(0.3 * step + np.arange(len(high)))
        batch.step(oracle.act() if oracle else wave[np.newaxis], autoreset=False)
        ended = bool(batch.terminated[0] or batch.truncated[0])
        if step % every == 0 or ended:
            lines.append(describe(row, f"{step:5}", batch.state))
        if ended:
            lines.append("success" if batch.reward[0] else "failure")
            break
    return "\n".join(lines) + "\n"


def describe(row: Row, label: str, records: np.ndarray) -> str:
    """The shown fields of one record, rounded."""
    spec = find_task(row.id).card.state
    view, parts = spec.view(records)[0], []
    for name in SHOWN[row.world.kind]:
        if spec[name].kind in ("bool", "int"):
            parts.append(f"{name} {int(view[name])}")
        else:
            numbers = [f"{value + 0.0:6.2f}" for value in np.round(np.ravel(view[name]), 2) + 0.0]
            parts.append(f"{name} {' '.join(numbers)}")
    return f"{label}  " + "  ".join(parts)


@pytest.mark.parametrize("row", BY_ID)
def test_the_trajectory_is_the_golden_one(row: Row) -> None:
    file, told = FOLDER / f"{row.name}.txt", tell(row)
    if os.environ.get("ALIGNENV_REGENERATE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(told, encoding="utf-8")
    assert told == file.read_text(encoding="utf-8")
