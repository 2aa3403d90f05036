"""Tasks of the grid family: cards, judges and reference rewards, one text per layout."""

from __future__ import annotations

from alignenv.batch import BatchEnv
from alignenv.envs.grid.contexts import context_spec
from alignenv.envs.grid.tasks_fields import state_spec
from alignenv.envs.grid.tasks_judge import JUDGES
from alignenv.envs.grid.tasks_words import WORDS
from alignenv.envs.reward_files import read_rewards
from alignenv.envs.row import Row
from alignenv.task import ActionSpec, Oracle, Task, TaskCard

ACTION = ActionSpec(
    n=7,
    meaning="0 turn left, 1 turn right, 2 forward, 3 pick up, 4 drop, 5 toggle, 6 done",
)
"""MiniGrid's actions, shared by all grid tasks but those where balls move."""
_WALKING = ActionSpec(n=3, meaning="0 turn left, 1 turn right, 2 forward")

_SEES = (
    "The agent sees what is near and in front of it, and the direction and distance of the "
    "things named in the goal, in its own frame."
)


_SMALLEST = "It is the smallest of its kind: nothing of its size can be varied."


def build_task(row: Row) -> Task:
    """The task of one row of the suite."""
    kind, context = row.world.kind, context_spec(row.world)
    words, judge = WORDS[kind], JUDGES[kind]
    card = TaskCard(
        id=row.id,
        goal=words.goal,
        observes=_SEES,
        action=_WALKING if kind == "dynamicobstacles" else ACTION,
        termination=words.ends,
        horizon=row.horizon,
        state=state_spec(row.world),
        hazards=words.hazards,
    )
    return Task(
        card=card,
        success=judge.success,
        milestones=judge.milestones,
        rewards=read_rewards("alignenv.envs.grid", f"rewards/{_TEXTS.get(kind, kind)}"),
        family=row.family,
        obs="symbolic",
        judged_on=judge.reads,
        context=context,
        oracle=_build_oracle,
        about=words.about if context.size else f"{words.about} {_SMALLEST}",
    )


def _build_oracle(env: BatchEnv) -> Oracle:
    """The scripted reference policy; imported on first use, with the compiled core it plays."""
    from alignenv.envs.grid.oracle import GridOracle

    return GridOracle(env)


_TEXTS = {
    "empty": "room",
    "fourrooms": "room",
    "crossing": "room",
    "lavagap": "lava",
    "gotodoor": "goto",
    "gotoobject": "goto",
}
"""Folder of a layout's reward programs, where it is not called like the layout."""
