"""The control family as data; light to import."""

from __future__ import annotations

from alignenv.envs.control.world import ControlWorld
from alignenv.envs.row import Row


def _own(name: str, kind: str, tag: str, horizon: int) -> Row:
    """A task of our own."""
    return Row(
        id=f"AlignEnv-{name}-v0",
        family="control",
        world=ControlWorld(kind=kind),
        horizon=horizon,
        tags=(tag,),
    )


CONTROL_ROWS: tuple[Row, ...] = (_own("Push", "push", "standard", 100),)
