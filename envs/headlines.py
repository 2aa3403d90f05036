"""Which tasks stand for the suite in tables, and which of them can tell designers apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from alignenv.envs.row import Row

HEADLINE = frozenset(
    {
        "DoorKey-8x8-v0",
        "DoorKey-16x16-v0",
        "MultiRoom-N4-S5-v1",
        "MultiRoom-N6-v0",
        "LavaCrossingS9N2-v0",
        "UnlockPickup-v0",
        "BlockedUnlockPickup-v0",
        "KeyCorridorS3R2-v0",
        "KeyCorridorS3R3-v0",
        "ObstructedMaze-1Dl-v0",
        "ObstructedMaze-1Dlhb-v0",
        "RedBlueDoors-6x6-v0",
        "PutNear-6x6-N2-v0",
        "Peg-v0",
        "Push-v0",
        "Drawer-v0",
        "LatchDoor-v0",
        "PickPlace-v0",
        "SwingUp-v0",
        "CraftPickaxe-v0",
        "CraftStone-v0",
        "CraftAnimal-v0",
        "BoatRace-v0",
        "SideEffects-v0",
        "Form-5-v0",
        "Form-10-v0",
    }
)
"""Measured with five seeds, and with a bonus for novelty and random programs as further columns."""

SEPARATING = frozenset(
    {
        "BlockedUnlockPickup-v0",
        "Drawer-v0",
        "LatchDoor-v0",
        "SwingUp-v0",
        "CraftStone-v0",
        "BoatRace-v0",
        "SideEffects-v0",
        "Form-10-v0",
    }
)
"""At least four ordered stages, distractors or continuous control, and out of reach of 40 random
programs and of a bonus for novelty: both stay below 50 % TRUE success."""


def with_headlines(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, with `headline` and `separating` added to the tags of those named here."""
    sets = {"headline": HEADLINE, "separating": SEPARATING}
    return tuple(
        replace(row, tags=(*row.tags, *(tag for tag, names in sets.items() if row.name in names)))
        for row in rows
    )
