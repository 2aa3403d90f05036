"""Generators by the name a `GridLayout` gives them.

Another MiniGrid family is a file with its `draw` and a row here. A mission other than reaching the
goal is one more rule of `alignenv.envs.grid.rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alignenv.envs.compiled.memory import Table
from alignenv.envs.grid.cells import LAVA_CELL, WALL_CELL
from alignenv.envs.grid.dynamics import N_ACTIONS, OPENED_DOOR, REACHED_GOAL
from alignenv.envs.grid.kernels import advance
from alignenv.envs.grid.layout import GridLayout
from alignenv.envs.grid.layouts import (
    crossing,
    doorkey,
    dynamicobstacles,
    empty,
    fetch,
    fourrooms,
    gotodoor,
    gotoobject,
    keycorridor,
    lavagap,
    lockedroom,
    memory,
    multiroom,
    obstructedmaze,
    putnear,
    redbluedoors,
    texts,
    unlock,
    unlockpickup,
)
from alignenv.envs.grid.missions import (
    FULFILLED,
    N_WALKING_ACTIONS,
    advance_among_balls,
    advance_by_rule,
)
from alignenv.envs.grid.rules import (
    DODGE,
    FETCH,
    MATCH,
    MAZE,
    NO_RULE,
    PICK_UP,
    PUT_NEAR,
    RED_THEN_BLUE,
    SAY_BESIDE,
    UNLOCK,
)
from alignenv.envs.grid.world import Ints
from alignenv.errors import ConfigError, UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """How grids of one kind are drawn and what success on them is.

    Attributes:
        begin: Compiled batch generator.
        mission: MiniGrid's mission text, or what writes it for the mission of one episode.
        params: Names of its arguments, in order.
        constants: More arguments after these, the same for all layouts of this kind.
        success: Event that ends an episode in success.
        rule: How an episode ends, see `alignenv.envs.grid.rules`.
        advance: Compiled batch step.
        n_actions: How many of MiniGrid's actions there are, from the first on.
    """

    begin: Callable[[Table], None]
    mission: str | texts.Text
    params: tuple[str, ...] = ()
    constants: tuple[int, ...] = ()
    success: int = REACHED_GOAL
    rule: int = NO_RULE
    advance: Callable[[Table, Ints, bool], int] = advance
    n_actions: int = N_ACTIONS


def _ruled(
    begin: Callable[[Table], None],
    rule: int,
    mission: str | texts.Text,
    *params: str,
    constants: tuple[int, ...] = (),
    success: int = FULFILLED,
) -> Generator:
    """The generator of a layout with a rule."""
    return Generator(
        begin=begin,
        mission=mission,
        params=params,
        constants=constants,
        success=success,
        rule=rule,
        advance=advance_by_rule,
    )


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
    "lavagap": Generator(begin=lavagap.begin, mission=f"avoid the lava and {_TO_GOAL}"),
    "unlockpickup": _ruled(unlockpickup.begin, PICK_UP, texts.pick_up, constants=(0,)),
    "blockedunlockpickup": _ruled(unlockpickup.begin, PICK_UP, texts.pick_up, constants=(1,)),
    "keycorridor": _ruled(keycorridor.begin, PICK_UP, texts.pick_up, "room_size", "rows"),
    "obstructedmaze": _ruled(
        obstructedmaze.begin,
        MAZE,
        "pick up the blue ball",
        "quarters",
        "keys_in_boxes",
        "blocked",
        "start_in_middle",
    ),
    "lockedroom": _ruled(lockedroom.begin, UNLOCK, texts.unlock_and_go, success=REACHED_GOAL),
    "memory": _ruled(
        memory.begin,
        MATCH,
        "go to the matching object at the end of the hallway",
        "random_length",
    ),
    "redbluedoors": _ruled(
        redbluedoors.begin, RED_THEN_BLUE, "open the red door then the blue door"
    ),
    "fetch": _ruled(fetch.begin, FETCH, texts.fetch, "things"),
    "gotodoor": _ruled(gotodoor.begin, SAY_BESIDE, texts.go_to),
    "gotoobject": _ruled(gotoobject.begin, SAY_BESIDE, texts.go_to, "things"),
    "putnear": _ruled(putnear.begin, PUT_NEAR, texts.put_near, "things"),
    "dynamicobstacles": Generator(
        begin=dynamicobstacles.begin,
        mission=_TO_GOAL,
        params=("balls", "random_start"),
        rule=DODGE,
        advance=advance_among_balls,
        n_actions=N_WALKING_ACTIONS,
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
