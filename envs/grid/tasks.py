"""Tasks of the grid family: cards, judges and reference rewards, one text per layout."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from alignenv.batch import BatchEnv
from alignenv.envs.grid.tasks_fields import state_spec
from alignenv.envs.grid.tasks_judge import JUDGES
from alignenv.envs.grid.tasks_words import WORDS
from alignenv.envs.row import Row
from alignenv.task import ActionSpec, Oracle, RewardSource, Task, TaskCard

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


def build_task(row: Row) -> Task:
    """The task of one row of the suite."""
    kind = row.world.kind
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
        rewards=reference_rewards(kind),
        family=row.family,
        obs="symbolic",
        judged_on=judge.reads,
        oracle=_build_oracle,
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


@cache
def reference_rewards(kind: str) -> dict[str, RewardSource]:
    """Reward programs that ship with a layout, by name.

    A file `sparse.py`, `human.py` or `hackable.py` gives the reward of that name, and
    `hackable_openings.py` gives `hackable:openings`. The comment that opens the file is its note.
    """
    folder = files("alignenv.envs.grid").joinpath("rewards", _TEXTS.get(kind, kind))
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
