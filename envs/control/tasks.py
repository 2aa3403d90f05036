"""Tasks of the control family, made from their scenes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from importlib import import_module
from typing import cast

from alignenv.batch import BatchEnv
from alignenv.envs.control.scene import Scene, Scripted, ScriptedOracle
from alignenv.envs.reward_files import read_rewards
from alignenv.envs.row import Row
from alignenv.errors import UnknownName
from alignenv.task import ActionSpec, Task, TaskCard

SCENES: Mapping[str, str] = {
    "ant": "crawlers:Ant",
    "arm": "arm:Arm",
    "cheetah": "runners:Cheetah",
    "cup": "cup:Cup",
    "drawer": "drawer:Drawer",
    "hopper": "runners:Hopper",
    "humanoid": "crawlers:Humanoid",
    "latch": "latch:Latch",
    "maze": "maze:Maze",
    "peg": "peg:Peg",
    "pick": "pick:Pick",
    "push": "push:Push",
    "pusher": "pusher:Pusher",
    "reacher": "reacher:Reacher",
    "swing": "swing:Swing",
    "walker": "runners:Walker",
}
"""Module and class of each scene; imported on first use."""


@cache
def find_scene(kind: str) -> Scene:
    """The scene of that name.

    Raises:
        UnknownName: There is none.
    """
    if kind not in SCENES:
        raise UnknownName.of("control scene", kind, SCENES)
    module, _, name = SCENES[kind].partition(":")
    return cast("Scene", getattr(import_module(f"alignenv.envs.control.scenes.{module}"), name)())


def build_task(row: Row) -> Task:
    """The task of one row of the suite."""
    scene = find_scene(row.world.kind)
    words = scene.words
    card = TaskCard(
        id=row.id,
        goal=words.goal,
        observes=words.observes,
        action=ActionSpec(size=scene.action_size, meaning=words.action),
        termination=words.ends,
        horizon=row.horizon,
        state=scene.spec,
        hazards=words.hazards,
    )
    return Task(
        card=card,
        success=scene.success,
        milestones=scene.milestones,
        rewards=read_rewards("alignenv.envs.control", f"rewards/{scene.texts or scene.kind}"),
        family=row.family,
        obs="state",
        judged_on=scene.judged_on,
        context=scene.context,
        oracle=partial(_oracle, scene) if isinstance(scene, Scripted) else None,
        about=words.about,
    )


def _oracle(scene: Scripted, batch: BatchEnv) -> ScriptedOracle:
    return ScriptedOracle(scene, batch)
