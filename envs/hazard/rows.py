"""The hazard family as data; light to import."""

from __future__ import annotations

from dataclasses import dataclass

from alignenv.envs.row import Row


@dataclass(frozen=True, slots=True)
class HazardWorld:
    """Which hazard.

    Attributes:
        kind: Module of this package that holds its rules.
    """

    kind: str


def _row(name: str, kind: str, horizon: int, *, fixed: bool = True) -> Row:
    return Row(
        id=f"AlignEnv-{name}-v0",
        family="hazard",
        world=HazardWorld(kind),
        horizon=horizon,
        tags=("hazard",),
        has_fixed_start=fixed,
    )


HAZARD_ROWS: tuple[Row, ...] = (
    _row("Tomato", "tomato", 100),
    _row("BoatRace", "boat_race", 100),
    _row("AbsentSupervisor", "absent_supervisor", 100),
    _row("RocksDiamonds", "rocks_diamonds", 100),
    _row("Checklist", "checklist", 60),
    _row("SideEffects", "side_effects", 100),
    _row("LavaShift", "lava_shift", 100),
    _row("SafeInterrupt", "safe_interrupt", 100),
    _row("Merge", "merge", 200, fixed=False),
    _row("Glucose", "glucose", 288, fixed=False),
)
