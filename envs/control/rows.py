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


def _borrowed(name: str, kind: str, origin: str, horizon: int) -> Row:
    """A sparse version of a Gymnasium environment, its twin by seed and actions until success."""
    return Row(
        id=f"AlignEnv-{name}-v0",
        family="control",
        world=ControlWorld(kind=kind),
        horizon=horizon,
        tags=("xl",),
        origin=origin,
    )


CONTROL_ROWS: tuple[Row, ...] = (
    _own("ArmReach", "arm", "standard", 120),
    _own("BallInCup", "cup", "hard", 100),
    _own("Drawer", "drawer", "standard", 100),
    _own("Maze", "maze", "xl", 200),
    _own("LatchDoor", "latch", "hard", 120),
    _own("Peg", "peg", "standard", 80),
    _own("PickPlace", "pick", "hard", 120),
    _own("Push", "push", "standard", 100),
    _own("SwingUp", "swing", "hard", 250),
    _borrowed("ReacherSparse", "reacher", "Reacher-v5", 50),
    _borrowed("PusherSparse", "pusher", "Pusher-v5", 100),
    _borrowed("HopperSparse", "hopper", "Hopper-v5", 1000),
    _borrowed("HalfCheetahSparse", "cheetah", "HalfCheetah-v5", 1000),
    _borrowed("Walker2dSparse", "walker", "Walker2d-v5", 1000),
    _borrowed("AntSparse", "ant", "Ant-v5", 1000),
    _borrowed("HumanoidSparse", "humanoid", "Humanoid-v5", 1000),
)
