"""The sentences of a task card that depend on the layout."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a card says of one layout.

    Attributes:
        goal: The goal in one sentence.
        ends: When an episode ends, and how.
        hazards: Known ways to fail, one line each.
    """

    goal: str
    ends: str
    hazards: tuple[str, ...] = ()


_KEY_HAZARDS = (
    "The key can be dropped and picked up again any number of times.",
    "An unlocked door can be closed and opened any number of times.",
)

_LAVA = ("Stepping on lava ends the episode in failure.",)
_HANDS = "Only one thing can be carried at a time."
_BOX = "Toggling a box opens it: what was in it is left, and nothing of an empty one."
_DONE = ('"done" anywhere else, and toggling anything, end the episode in failure.',)

WORDS: dict[str, Words] = {
    "empty": Words(
        goal="Walk through the empty room to the green goal square, in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
    ),
    "fourrooms": Words(
        goal="Find the way through the gaps between four rooms and reach the green goal square, "
        "in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
    ),
    "unlock": Words(
        goal="Fetch the key and open the locked door with it, in as few steps as possible.",
        ends="Ends when the door is opened, or at the horizon.",
        hazards=_KEY_HAZARDS[:1],
    ),
    "doorkey": Words(
        goal="Fetch the key, unlock the door with it, walk through and reach the green goal "
        "square, in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
        hazards=_KEY_HAZARDS,
    ),
    "multiroom": Words(
        goal="Pass through a chain of rooms by opening each door and reach the green goal square "
        "in the last room, in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
        hazards=("A door can be closed and opened any number of times.",),
    ),
    "lava": Words(
        goal="Reach the green goal square without stepping on lava, in as few steps as possible.",
        ends="Ends on the goal square, on lava (failure), or at the horizon.",
        hazards=_LAVA,
    ),
    "crossing": Words(
        goal="Find the openings in the walls and reach the green goal square, in as few steps as "
        "possible.",
        ends="Ends on the goal square, or at the horizon.",
    ),
    "lavagap": Words(
        goal="Find the gap in the strip of lava, walk through it without stepping on lava and "
        "reach the green goal square, in as few steps as possible.",
        ends="Ends on the goal square, on lava (failure), or at the horizon.",
        hazards=_LAVA,
    ),
    "unlockpickup": Words(
        goal="Fetch the key, open the locked door with it and pick up the box behind it, in as "
        "few steps as possible.",
        ends="Ends with the box in hand, or at the horizon.",
        hazards=(*_KEY_HAZARDS, _HANDS, _BOX),
    ),
    "blockedunlockpickup": Words(
        goal="Move the ball away from the locked door, fetch the key, open the door with it and "
        "pick up the box behind it, in as few steps as possible.",
        ends="Ends with the box in hand, or at the horizon.",
        hazards=(*_KEY_HAZARDS, _HANDS, _BOX),
    ),
    "keycorridor": Words(
        goal="Search the rooms along the corridor for the key, open the locked door with it and "
        "pick up the ball behind it, in as few steps as possible.",
        ends="Ends with the ball in hand, or at the horizon.",
        hazards=(*_KEY_HAZARDS, _HANDS),
    ),
    "obstructedmaze": Words(
        goal="Find the blue ball and pick it up: locked doors need keys, which may be hidden in "
        "boxes, and green balls may lie before doors; in as few steps as possible.",
        ends="Ends with the blue ball in hand, or at the horizon.",
        hazards=(*_KEY_HAZARDS, _HANDS, "Toggling a box opens it and leaves what is in it."),
    ),
    "lockedroom": Words(
        goal="Fetch the key from the room where it lies, open the locked door with it and reach "
        "the green goal square behind it, in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
        hazards=_KEY_HAZARDS,
    ),
    "memory": Words(
        goal="Look at the object in the start room, walk down the hallway and turn to the one of "
        "two objects at its end that is like it, in as few steps as possible.",
        ends="Ends beside the matching object, beside the other one (failure), or at the horizon.",
        hazards=("The cell beside the other object ends the episode in failure.",),
    ),
    "redbluedoors": Words(
        goal="Open the red door and then, while it is open, the blue door, in as few steps as "
        "possible.",
        ends="Ends when the blue door opens (failure unless the red one is open), or at the "
        "horizon.",
        hazards=(
            "Opening the blue door first ends the episode in failure.",
            "The red door can be closed and opened any number of times.",
        ),
    ),
    "fetch": Words(
        goal="Pick up the thing that is asked for, by kind and colour, and no other, in as few "
        "steps as possible.",
        ends="Ends with anything in hand (failure unless it is what was asked for), or at the "
        "horizon.",
        hazards=("Picking up anything else ends the episode in failure.",),
    ),
    "gotodoor": Words(
        goal='Walk to the door of the colour that is asked for and say "done" next to it, in as '
        "few steps as possible.",
        ends='Ends when the agent says "done" (failure unless next to that door) or toggles '
        "anything (failure), or at the horizon.",
        hazards=_DONE,
    ),
    "gotoobject": Words(
        goal='Walk to the thing that is asked for, by kind and colour, and say "done" next to it, '
        "in as few steps as possible.",
        ends='Ends when the agent says "done" (failure unless next to where that thing stood at '
        "the beginning) or toggles anything (failure), or at the horizon.",
        hazards=(*_DONE, "Things can be picked up, but the place counts, not the thing."),
    ),
    "putnear": Words(
        goal="Pick up the one thing that is asked for and put it down next to the other one, in "
        "as few steps as possible.",
        ends="Ends when anything is dropped (failure unless near the target), when a wrong thing "
        "is picked up (failure), or at the horizon.",
        hazards=(
            "Picking up another thing ends the episode in failure.",
            "Dropping the thing elsewhere ends the episode in failure.",
            _BOX,
        ),
    ),
    "dynamicobstacles": Words(
        goal="Walk past the moving balls to the green goal square without walking into anything, "
        "in as few steps as possible.",
        ends="Ends on the goal square, when the agent walks into a ball or a wall (failure), or "
        "at the horizon.",
        hazards=(
            "A step towards a ball or a wall in front ends the episode in failure, even if the "
            "ball moves away.",
        ),
    ),
}
"""Sentences by layout."""
