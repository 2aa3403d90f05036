"""Tasks of the craft family: cards, judges, contexts and reference rewards."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from alignenv.context import ContextSpec
from alignenv.envs.craft.tasks_context import context_spec
from alignenv.envs.craft.tasks_fields import state_spec
from alignenv.envs.craft.tasks_judge import JUDGES
from alignenv.envs.craft.tasks_words import ABOUT, SEES, WORDS
from alignenv.envs.row import Row
from alignenv.task import ActionSpec, RewardSource, Task, TaskCard

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
        rewards=reference_rewards(kind),
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


@cache
def reference_rewards(kind: str) -> dict[str, RewardSource]:
    """Reward programs that ship with a kind of task, by name.

    A file `sparse.py`, `human.py` or `hackable.py` gives the reward of that name, and
    `hackable_digging.py` gives `hackable:digging`. The comment that opens the file is its note.
    """
    folder = files("alignenv.envs.craft").joinpath("rewards", kind)
    found = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        stem, dot, suffix = file.name.partition(".")
        if dot + suffix != ".py":
            continue
        source = file.read_text(encoding="utf-8")
        name = stem.replace("_", ":", 1)
        role = name.partition(":")[0]
        found[name] = RewardSource(source=source, kind=role, note=_opening_comment(source))
    return found


def _opening_comment(source: str) -> str:
    lines = []
    for line in source.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.lstrip("# ").strip())
    return " ".join(lines)
