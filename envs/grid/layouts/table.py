"""Generators by the name a `GridLayout` gives them.

Another MiniGrid family is a file with its `draw` and a row here. A mission other than reaching the
goal is one more event of `alignenv.envs.grid.dynamics`; boxes with contents take free codes of
`alignenv.envs.grid.cells`. The batch loops know none of this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alignenv.envs.grid.cells import LAVA_CELL, WALL_CELL
from alignenv.envs.grid.dynamics import OPENED_DOOR, REACHED_GOAL
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.layouts import crossing, doorkey, empty, fourrooms, multiroom, unlock
from alignenv.envs.grid.memory import Table
from alignenv.errors import ConfigError, UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """How grids of one kind are drawn and what success on them is.

    Attributes:
        begin: Compiled batch generator.
        mission: MiniGrid's mission text.
        params: Names of its arguments, in order.
        constants: More arguments after these, the same for all layouts of this kind.
        success: Event that ends an episode in success.
    """

    begin: Callable[[Table], None]
    mission: str
    params: tuple[str, ...] = ()
    constants: tuple[int, ...] = ()
    success: int = REACHED_GOAL


_TO_GOAL = "get to the green goal square"

GENERATORS: Mapping[str, Generator] = {
    "empty": Generator(begin=empty.begin, mission=_TO_GOAL, params=("random_start",)),
    "doorkey": Generator(
        begin=doorkey.begin,
        mission="use the key to open the door and then get to the goal",
    ),
    "unlock": Generator(begin=unlock.begin, mission="open the door", success=OPENED_DOOR),
    "multiroom": Generator(
        begin=multiroom.begin,
        mission="traverse the rooms to get to the goal",
        params=("rooms", "max_size"),
    ),
    "fourrooms": Generator(begin=fourrooms.begin, mission="reach the goal"),
    "lava": Generator(
        begin=crossing.begin,
        mission=f"avoid the lava and {_TO_GOAL}",
        params=("crossings",),
        constants=(LAVA_CELL,),
    ),
    "crossing": Generator(
        begin=crossing.begin,
        mission=f"find the opening and {_TO_GOAL}",
        params=("crossings",),
        constants=(WALL_CELL,),
    ),
}


def find_generator(layout: GridLayout) -> Generator:
    """The generator of a layout.

    Raises:
        UnknownName: There is no such kind.
        ConfigError: Its arguments are not those of the generator.
    """
    if layout.kind not in GENERATORS:
        raise UnknownName.of("grid layout", layout.kind, GENERATORS)
    generator = GENERATORS[layout.kind]
    if set(layout.params) != set(generator.params):
        raise ConfigError(
            f"Layout {layout.kind!r} takes {sorted(generator.params)}; "
            f"got {sorted(layout.params)}.",
            cure="Give exactly these arguments.",
        )
    return generator


def arguments(layout: GridLayout, generator: Generator) -> list[int]:
    """Arguments in the order in which the generator takes them."""
    return [*(layout.params[name] for name in generator.params), *generator.constants]
