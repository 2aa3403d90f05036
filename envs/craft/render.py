"""Pictures: one small tile per cell, the inventory below."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.envs.craft.cells import (
    ANIMAL,
    BEDROCK,
    DIAMOND,
    GRASS,
    IRON,
    LAVA,
    N_ITEMS,
    N_KINDS,
    PATH,
    STONE,
    TABLE,
    TREE,
    WATER,
    Cells,
)
from alignenv.envs.craft.layout import SIZE
from alignenv.envs.craft.world import MARGIN, STRIDE, x_of, y_of

Picture = npt.NDArray[np.uint8]

TILE = 12
"""Pixels along the side of a tile."""

_GROUND = {
    GRASS: (106, 168, 79),
    PATH: (176, 160, 136),
    WATER: (66, 133, 200),
    TREE: (106, 168, 79),
    STONE: (128, 128, 132),
    IRON: (128, 128, 132),
    DIAMOND: (128, 128, 132),
    LAVA: (214, 69, 32),
    TABLE: (140, 94, 52),
    BEDROCK: (40, 40, 44),
    ANIMAL: (106, 168, 79),
}
_SHAPES = {
    GRASS: ("......", ".g....", "......", "....g.", "......", "......"),
    PATH: ("......", "......", "..d...", "......", "....d.", "......"),
    WATER: ("......", ".ww...", "......", "...ww.", "......", "......"),
    TREE: (".tttt.", "tttttt", "tttttt", ".tttt.", "..bb..", "..bb.."),
    STONE: ("......", ".k....", "......", "...kk.", "......", ".k...."),
    IRON: ("......", ".oo...", ".o..o.", "...oo.", ".o....", "......"),
    DIAMOND: ("......", "..cc..", ".cwwc.", ".cccc.", "..cc..", "......"),
    LAVA: ("......", ".yy...", "....y.", "......", ".y..yy", "......"),
    TABLE: ("llllll", "l.ll.l", "l.ll.l", "llllll", "b....b", "b....b"),
    ANIMAL: ("......", ".pppp.", "pppppk", "pppppp", ".p..p.", "......"),
}
_INK = {
    "g": (86, 148, 62),
    "d": (150, 134, 110),
    "w": (220, 240, 250),
    "t": (34, 102, 34),
    "b": (102, 66, 32),
    "k": (88, 88, 92),
    "o": (216, 160, 110),
    "c": (92, 222, 226),
    "y": (250, 190, 60),
    "l": (186, 136, 84),
    "p": (236, 190, 190),
}
_AGENT = ("..aa..", ".aaaa.", ".aaaa.", "..aa..", ".aaaa.", ".a..a.")
_AGENT_INK = (38, 70, 200)
_ITEM_INKS = ((102, 66, 32), (186, 136, 84), (128, 128, 132), (216, 160, 110), (92, 222, 226))
_FOOD_INK = (220, 110, 110)
_PICKAXE_INKS = ((186, 136, 84), (128, 128, 132), (216, 160, 110))
_UNSEEN = 0.35


def _blow_up(shape: tuple[str, ...], ground: tuple[int, int, int]) -> Picture:
    tile = np.full((6, 6, 3), ground, dtype=np.uint8)
    for y, row in enumerate(shape):
        for x, letter in enumerate(row):
            if letter in _INK:
                tile[y, x] = _INK[letter]
    return tile.repeat(TILE // 6, axis=0).repeat(TILE // 6, axis=1)


def _tiles() -> Picture:
    tiles = np.zeros((N_KINDS, TILE, TILE, 3), dtype=np.uint8)
    for kind, ground in _GROUND.items():
        tiles[kind] = _blow_up(_SHAPES.get(kind, ()), ground)
    return tiles


_TILES = _tiles()


def paint(cells: Cells, seen: Cells, agent: Any) -> Picture:
    """Picture of one world, `(33 * TILE, 32 * TILE, 3)`.

    Args:
        cells: Codes with their margin, `(AREA,)`.
        seen: Nonzero where the agent has looked, `(AREA,)`; the rest is dim.
        agent: One row of an `AGENT` array.
    """
    inner = slice(MARGIN, MARGIN + SIZE)
    kinds = cells.reshape(STRIDE, STRIDE)[inner, inner]
    light = np.where(seen.reshape(STRIDE, STRIDE)[inner, inner] > 0, 1.0, _UNSEEN)
    tiles = _TILES[kinds] * light[:, :, None, None, None]
    picture = tiles.astype(np.uint8).swapaxes(1, 2).reshape(SIZE * TILE, SIZE * TILE, 3)
    place = int(agent["position"])
    _draw_agent(picture, x_of(place) * TILE, y_of(place) * TILE, int(agent["facing"]))
    return np.concatenate([picture, _inventory(agent)])


def _draw_agent(picture: Picture, x: int, y: int, facing: int) -> None:
    scale = TILE // 6
    for row, line in enumerate(_AGENT):
        for column, letter in enumerate(line):
            if letter == "a":
                top, left = y + row * scale, x + column * scale
                picture[top : top + scale, left : left + scale] = _AGENT_INK
    dy, dx = ((0, 5), (5, 10), (10, 5), (5, 0))[facing]
    picture[y + dy : y + dy + 2, x + dx : x + dx + 2] = 255


def _inventory(agent: Any) -> Picture:
    """A bar: one square per item in hand, in the order of `ITEMS`, then the pickaxes."""
    bar = np.full((TILE, SIZE * TILE, 3), 24, dtype=np.uint8)
    inks = [*_ITEM_INKS, _FOOD_INK]
    squares = [inks[item] for item in range(N_ITEMS) for _ in range(int(agent["items"][item]))]
    for index, ink in enumerate(squares[: SIZE - 4]):
        bar[3:9, index * TILE + 3 : index * TILE + 9] = ink
    for tier in range(int(agent["tier"])):
        left = (SIZE - 3 + tier) * TILE
        bar[2:4, left + 1 : left + 11] = _PICKAXE_INKS[tier]
        bar[4:11, left + 5 : left + 7] = _INK["b"]
    return bar
