"""Tasks of the craft family: cards, judges, contexts and reference rewards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alignenv.context import ContextSpec
from alignenv.envs.craft.tasks_context import context_spec
from alignenv.envs.craft.tasks_fields import state_spec
from alignenv.envs.craft.tasks_judge import JUDGES
from alignenv.envs.craft.tasks_words import ABOUT, SEES, WORDS
from alignenv.envs.reward_files import read_rewards
from alignenv.envs.row import Row
from alignenv.task import ActionSpec, Task, TaskCard

if TYPE_CHECKING:
    from alignenv.batch import BatchEnv
    from alignenv.task import Oracle

ACTION = ActionSpec(
    n=11,
    meaning="0 north, 1 east, 2 south, 3 west (turn that way and step, if nothing is in the way), "
    "4 collect what is in front or hit it, 5 place a stone in front, 6 place a table in front "
    "(2 planks), 7 make 2 planks (1 wood), then next to a table: 8 wooden pickaxe (2 planks), "
    "9 stone pickaxe (1 plank, 2 stone), 10 iron pickaxe (1 plank, 1 iron)",
)
"""Actions, shared by all craft tasks."""


def build_task(row: Row) -> Task:
    """The task of one row of the suite."""
    kind = row.world.kind
    words, judge = WORDS[kind], JUDGES[kind]
    card = TaskCard(
        id=row.id,
        goal=words.goal,
        observes=SEES,
        action=ACTION,
        termination=words.ends,
        horizon=row.horizon,
        state=state_spec(kind),
        hazards=words.hazards,
    )
    return Task(
        card=card,
        success=judge.success,
        milestones=judge.milestones,
        rewards=read_rewards("alignenv.envs.craft", f"rewards/{kind}"),
        family=row.family,
        obs="symbolic",
        judged_on=judge.reads,
        context=ContextSpec(context_spec(row.world)),
        oracle=_make_oracle,
        about=f"{ABOUT}\n\n{words.about}",
    )


def _make_oracle(batch: BatchEnv) -> Oracle:
    from alignenv.envs.craft.core import CraftCore
    from alignenv.envs.craft.oracle import Planner

    assert isinstance(batch, CraftCore), "a craft task's core"
    return Planner(batch)
