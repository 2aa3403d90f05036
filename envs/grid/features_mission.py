"""Grid facts about missions: only layouts with a rule of `alignenv.envs.grid.rules` have them.

What is "wanted" and where the "aim" and the "trap" are depends on the rule. Tasks show these facts
under names and meanings of their own, see `alignenv.envs.grid.tasks_fields_mission`.
"""

from __future__ import annotations

from alignenv.spec import Field

_FREE = "through open doors, around objects"


def _flag(name: str, meaning: str) -> Field:
    return Field(name=name, kind="bool", low=0, high=1, meaning=meaning)


def _place(name: str, what: str) -> Field:
    return Field(
        name=name,
        kind="vec2",
        unit="cells",
        meaning=f"x, y of {what}; -1 if there is none",
        missing=-1,
    )


def _walk(name: str, what: str, how: str = _FREE) -> Field:
    meaning = f"fewest steps forward to {what} (1 when next to it), {how}; -1 if none"
    return Field(name=name, kind="float", unit="steps", meaning=meaning, missing=-1)


_KIND = "0 none, 4 door, 5 key, 6 ball, 7 box"
_COLOR = "0 red, 1 green, 2 blue, 3 purple, 4 yellow, 5 grey"
_AJAR = "as if all doors that are not locked were open, around objects"
_OPEN = "as if all doors were open, around objects"
_THROUGH = "as if all doors were open and all objects gone"

MISSION_FEATURE_FIELDS = (
    _flag("carrying_box", "a box is in hand"),
    _place("box_pos", "the box; the agent's cell while carried"),
    _walk("path_to_box", "the box's cell"),
    _flag("carrying_ball", "a ball is in hand"),
    _place("ball_pos", "the ball; the agent's cell while carried"),
    _walk("path_to_ball", "the ball's cell"),
    _flag("carrying_thing", "something is in hand"),
    _flag("carrying_wanted", "the thing asked for is in hand"),
    _place("wanted_pos", "the thing asked for; the agent's cell while carried"),
    _walk("path_to_wanted", "that thing's cell"),
    _walk("walk_to_wanted", "that thing's cell", _OPEN),
    _walk("walk_through_all", "that thing's cell", _THROUGH),
    _flag("facing_wanted", "the cell in front holds the thing asked for"),
    _flag("facing_thing", "the cell in front holds something one can carry"),
    Field(name="wanted_kind", kind="int", low=0, high=7, meaning=_KIND),
    Field(name="wanted_color", kind="int", low=0, high=5, meaning=_COLOR),
    Field(name="other_kind", kind="int", low=0, high=7, meaning=_KIND),
    Field(name="other_color", kind="int", low=0, high=5, meaning=_COLOR),
    _place("aim_pos", "the place that matters"),
    _walk("path_to_aim", "that place"),
    _walk("walk_to_aim", "that place", _AJAR),
    _flag("aim_open", "one can walk through that door"),
    _flag("aim_locked", "that door needs its key"),
    _flag("beside_aim", "the agent is on one of the four cells next to it"),
    _flag("near_aim", "the thing asked for lies on one of the eight cells around it"),
    _walk("walk_to_key", "the key's cell", _AJAR),
    _flag("said_done", 'the last action was "done"'),
    _place("trap_pos", "the place to avoid"),
    _walk("path_to_trap", "that place"),
    _flag("trap_open", "one can walk through that door"),
    _flag("hit", "the agent walked into something, which ends the episode"),
    _flag("ball_ahead", "the cell in front holds a ball"),
    Field(name="doors_left", kind="int", low=0, meaning="unopened doors on that way"),
    _place("gate_pos", "the first unopened door on that way"),
    _flag("gate_locked", "that door needs a key"),
    _walk("path_to_gate", "that door's cell", _THROUGH),
    _flag("carrying_gate_key", "a key of that door's colour is in hand"),
    _place("gate_key_pos", "a key of that door's colour, or of the box that holds it"),
    _flag("gate_key_in_box", "that key is in a box"),
    _walk("path_to_gate_key", "that key or box", _AJAR),
    _place("blocker_pos", "the first object that lies on that way"),
    _walk("path_to_blocker", "that object's cell", _THROUGH),
)
