"""Fields of the tasks whose layouts have a mission: grid features under names that fit the task."""

from __future__ import annotations

from alignenv.envs.grid.tasks_shown import AGENT, BUMPED, GOAL, LAVA_FIELDS, ROOM, Shown

_HELD = "; the agent's cell while carried"
_KEY = (
    Shown("carrying_key"),
    Shown("key_pos", meaning=f"x, y of the key's cell{_HELD}", is_always=True),
)
_BOX = (
    Shown("carrying_box"),
    Shown("box_pos", meaning=f"x, y of the box to pick up{_HELD}; -1 if it was opened and is gone"),
)
_DOOR = (
    Shown("aim_pos", name="door_pos", meaning="x, y of the locked door's cell", is_always=True),
    Shown("aim_open", name="door_open", meaning="one can walk through the locked door"),
    Shown("aim_locked", name="door_locked", meaning="that door still needs its key"),
)
_UNLOCK_PICK_UP = (
    *AGENT,
    *_KEY,
    *_DOOR,
    *_BOX,
    Shown("path_to_key"),
    Shown(
        "path_to_aim",
        name="path_to_door",
        meaning="fewest steps forward to the door's cell, "
        "through open doors, around objects; 0 in the doorway; -1 if none",
    ),
    Shown("path_to_box"),
    BUMPED,
)
_BALL = (
    Shown("carrying_ball"),
    Shown(
        "ball_pos",
        meaning=f"x, y of the ball, at first before the door{_HELD}",
        is_always=True,
    ),
    Shown("path_to_ball"),
)
_AJAR = "as if all doors that are not locked were open, around objects"
_LOCK_WALKS = (
    Shown(
        "walk_to_key",
        name="path_to_key",
        meaning=f"fewest steps forward to the key's cell, {_AJAR}; 0 while carried; -1 if none",
    ),
    Shown(
        "walk_to_aim",
        name="path_to_door",
        meaning="fewest steps forward to the locked door's "
        f"cell, {_AJAR}; 0 in the doorway; -1 if none",
    ),
)
_DOORS = (Shown("doors_open"), Shown("facing_door"))


def _target(what: str, *, is_always: bool = False) -> tuple[Shown, ...]:
    """Place of a thing and whether it is in hand."""
    return (
        Shown("carrying_wanted", name="carrying_target", meaning=f"{what} is in hand"),
        Shown(
            "wanted_pos",
            name="target_pos",
            meaning=f"x, y of {what}{_HELD}" + ("" if is_always else "; -1 if it is gone"),
            is_always=is_always,
        ),
    )


def _kinds(which: str, name: str) -> tuple[Shown, ...]:
    """Kind and colour of a thing that the mission names."""
    return (
        Shown(
            f"{which}_kind",
            name=f"{name}_kind",
            meaning=f"kind of the {name}: 4 door, 5 key, 6 ball, 7 box",
        ),
        Shown(
            f"{which}_color",
            name=f"{name}_color",
            meaning=f"colour of the {name}: 0 red, 1 green, 2 blue, 3 purple, 4 yellow, 5 grey",
        ),
    )


_SAY = (
    Shown(
        "aim_pos",
        name="target_pos",
        meaning="x, y of the cell where the target stood at the beginning",
        is_always=True,
    ),
    *_kinds("wanted", "target"),
    Shown(
        "path_to_aim",
        name="path_to_target",
        meaning="fewest steps forward to that cell (1 when next to it), around objects; -1 if none",
    ),
    Shown("beside_aim", name="beside_target"),
    Shown("said_done"),
    BUMPED,
)
_WAY = "on a shortest way to the target as if all doors were open and all objects gone"

MISSION_SHOWN: dict[str, tuple[Shown, ...]] = {
    "crossing": ROOM,
    "lavagap": LAVA_FIELDS,
    "unlockpickup": _UNLOCK_PICK_UP,
    "blockedunlockpickup": (*_UNLOCK_PICK_UP, *_BALL),
    "keycorridor": (
        *AGENT,
        *_KEY,
        *_DOOR,
        Shown("carrying_ball"),
        Shown("ball_pos", meaning=f"x, y of the ball to pick up{_HELD}", is_always=True),
        *_LOCK_WALKS,
        Shown(
            "walk_to_wanted",
            name="path_to_ball",
            meaning="fewest steps forward to the ball's cell, as if all doors were open, around "
            "objects; 0 while carried; -1 if none",
        ),
        *_DOORS,
        BUMPED,
    ),
    "obstructedmaze": (
        *AGENT,
        *_target("the blue ball to pick up", is_always=True),
        Shown("carrying_key"),
        Shown("carrying_thing"),
        Shown("facing_thing"),
        Shown(
            "walk_through_all",
            name="path_to_target",
            meaning="fewest steps forward to the target's cell, as if all doors were open and all "
            "objects gone; 0 while carried",
            is_always=True,
        ),
        Shown("doors_left", meaning=f"unopened doors {_WAY}"),
        Shown(
            "gate_pos",
            name="next_door_pos",
            meaning=f"x, y of the first unopened door {_WAY}; -1 if there is none",
        ),
        Shown("gate_locked", name="next_door_locked", meaning="that door needs a key"),
        Shown(
            "path_to_gate",
            name="path_to_next_door",
            meaning="fewest steps forward to that "
            "door's cell, as if all objects were gone; -1 if there is none",
        ),
        Shown("carrying_gate_key", name="carrying_its_key"),
        Shown(
            "gate_key_pos",
            name="its_key_pos",
            meaning="x, y of the nearest key of that door's "
            f"colour, or of the box that holds it{_HELD}; -1 if there is none",
        ),
        Shown(
            "gate_key_in_box",
            name="its_key_in_box",
            meaning="that key is still in a box, which toggling opens",
        ),
        Shown(
            "path_to_gate_key",
            name="path_to_its_key",
            meaning="fewest steps forward to that "
            f"key or box, {_AJAR}; 0 while carried; -1 if none",
        ),
        Shown("blocker_pos", meaning=f"x, y of the first object that lies {_WAY}; -1 if none"),
        Shown("path_to_blocker", meaning="fewest steps forward to that object's cell; -1 if none"),
        BUMPED,
    ),
    "lockedroom": (
        *AGENT,
        *_KEY,
        *_DOOR,
        GOAL,
        *_LOCK_WALKS,
        Shown(
            "path_through_doors",
            name="path_to_goal",
            meaning="fewest steps forward to the goal as if all doors were open, around objects; "
            "-1 if none",
        ),
        *_DOORS,
        BUMPED,
    ),
    "memory": (
        *AGENT,
        Shown(
            "wanted_kind",
            name="shown_kind",
            meaning="kind of the object in the start room: 5 key, 6 ball",
        ),
        Shown(
            "aim_pos",
            name="target_pos",
            meaning="x, y of the cell to enter, beside the object at the end that is like that one",
            is_always=True,
        ),
        Shown(
            "trap_pos",
            meaning="x, y of the cell beside the other object, which ends the episode in failure",
            is_always=True,
        ),
        Shown(
            "path_to_aim",
            name="path_to_target",
            meaning="fewest steps forward to the cell to enter",
            is_always=True,
        ),
        Shown("path_to_trap", meaning="fewest steps forward to the cell to avoid", is_always=True),
        BUMPED,
    ),
    "redbluedoors": (
        *AGENT,
        Shown("aim_pos", name="red_pos", meaning="x, y of the red door's cell", is_always=True),
        Shown("trap_pos", name="blue_pos", meaning="x, y of the blue door's cell", is_always=True),
        Shown("aim_open", name="red_open", meaning="the red door is open"),
        Shown("trap_open", name="blue_open", meaning="the blue door is open"),
        Shown(
            "path_to_aim",
            name="path_to_red",
            meaning="fewest steps forward to the red door's cell; 0 in the doorway",
            is_always=True,
        ),
        Shown(
            "path_to_trap",
            name="path_to_blue",
            meaning="fewest steps forward to the blue door's cell, through open doors; -1 if none",
        ),
        Shown("facing_door"),
        BUMPED,
    ),
    "fetch": (
        *AGENT,
        *_target("the first thing like the one asked for, row by row", is_always=True),
        *_kinds("wanted", "target"),
        Shown(
            "path_to_wanted",
            name="path_to_target",
            meaning="fewest steps forward to that "
            "thing's cell (1 when next to it), around objects; 0 while carried; -1 if none",
        ),
        Shown("carrying_thing"),
        Shown(
            "facing_wanted",
            name="facing_target",
            meaning="a thing like the one asked for is in front",
        ),
        Shown("facing_thing"),
        BUMPED,
    ),
    "gotodoor": (*AGENT, *_SAY),
    "gotoobject": (*AGENT, *_SAY, Shown("facing_thing"), Shown("carrying_thing")),
    "putnear": (
        *AGENT,
        Shown("carrying_wanted", name="carrying_object", meaning="the thing to move is in hand"),
        Shown(
            "wanted_pos",
            name="object_pos",
            meaning=f"x, y of the thing to move{_HELD}; -1 if "
            "it was a box that was opened and is gone",
        ),
        *_kinds("wanted", "object"),
        Shown(
            "aim_pos",
            name="target_pos",
            meaning="x, y of the cell where the thing to put it near stood at the beginning",
            is_always=True,
        ),
        *_kinds("other", "target"),
        Shown(
            "path_to_wanted",
            name="path_to_object",
            meaning="fewest steps forward to the thing "
            "to move (1 when next to it), around objects; 0 while carried; -1 if none",
        ),
        Shown(
            "path_to_aim",
            name="path_to_target",
            meaning="fewest steps forward to the cell of "
            "the thing to put it near (1 when next to it), around objects; -1 if none",
        ),
        Shown(
            "near_aim",
            name="near_target",
            meaning="the thing to move lies on one of the eight cells around the target",
        ),
        Shown("carrying_thing"),
        Shown("facing_thing"),
        BUMPED,
    ),
    "dynamicobstacles": (
        *AGENT,
        GOAL,
        Shown(
            "path_to_goal",
            meaning="fewest steps forward to the goal, around walls and balls "
            "as they are now; -1 if none",
        ),
        Shown("ball_ahead"),
        Shown("hit", meaning="the agent walked into a ball or a wall, which ends the episode"),
        Shown("view"),
    ),
}
"""Fields by layout, for the layouts that came after the first six."""
