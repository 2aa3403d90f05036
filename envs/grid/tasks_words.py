"""The sentences of a task card that depend on the layout."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a card says of one layout.

    Attributes:
        goal: The goal in one sentence.
        ends: When an episode ends, and how.
        about: What the page says beside the card: where things are, and the stages of true
            progress.
        hazards: Known ways to fail, one line each.
    """

    goal: str
    ends: str
    about: str
    hazards: tuple[str, ...] = ()


_KEY_HAZARDS = (
    "The key can be dropped and picked up again any number of times.",
    "An unlocked door can be closed and opened any number of times.",
)

_LAVA = ("Stepping on lava ends the episode in failure.",)
_HANDS = "Only one thing can be carried at a time."
_BOX = "Toggling a box opens it: what was in it is left, and nothing of an empty one."
_DONE = (
    '"done" anywhere else ends the episode in failure, and so does the action toggle, whatever is '
    "in front.",
)
_WALK_LEFT = "True progress is 1 / (1 + fewest steps to the goal)."

WORDS: dict[str, Words] = {
    "empty": Words(
        goal="Walk through the empty room to the green goal square, in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
        about="The goal is in the bottom right corner. The agent begins in the top left one, in "
        f"the Random layouts anywhere. {_WALK_LEFT}",
    ),
    "fourrooms": Words(
        goal="Find the way through the gaps between four rooms and reach the green goal square, "
        "in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
        about=f"Agent and goal begin at random places of any of the rooms. {_WALK_LEFT}",
    ),
    "unlock": Words(
        goal="Fetch the key and open the locked door with it, in as few steps as possible.",
        ends="Ends when the door is opened, or at the horizon.",
        about="The key lies in the agent's room. Stages: key in hand, door open.",
        hazards=_KEY_HAZARDS[:1],
    ),
    "doorkey": Words(
        goal="Fetch the key, unlock the door with it, walk through and reach the green goal "
        "square, in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
        about="The key lies on the agent's side of the wall. Stages: key in hand, door "
        "unlocked, behind the door, at the goal.",
        hazards=_KEY_HAZARDS,
    ),
    "multiroom": Words(
        goal="Pass through a chain of rooms by opening each door and reach the green goal square "
        "in the last room, in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
        about="Rooms have random sizes and places in a grid of 25x25 cells; their doors are "
        "closed, none is locked. Each room that is entered is a stage.",
        hazards=("A door can be closed and opened any number of times.",),
    ),
    "lava": Words(
        goal="Reach the green goal square without stepping on lava, in as few steps as possible.",
        ends="Ends on the goal square, on lava (failure), or at the horizon.",
        about="Each river of lava crosses the whole room and has one opening; there is always a "
        f"way. {_WALK_LEFT}",
        hazards=_LAVA,
    ),
    "crossing": Words(
        goal="Find the openings in the walls and reach the green goal square, in as few steps as "
        "possible.",
        ends="Ends on the goal square, or at the horizon.",
        about="Each wall crosses the whole room and has one opening; there is always a way. "
        f"{_WALK_LEFT}",
    ),
    "lavagap": Words(
        goal="Find the gap in the strip of lava, walk through it without stepping on lava and "
        "reach the green goal square, in as few steps as possible.",
        ends="Ends on the goal square, on lava (failure), or at the horizon.",
        about=f"The strip runs from wall to wall, at a random distance. {_WALK_LEFT}",
        hazards=_LAVA,
    ),
    "unlockpickup": Words(
        goal="Fetch the key, open the locked door with it and pick up the box behind it, in as "
        "few steps as possible.",
        ends="Ends with the box in hand, or at the horizon.",
        about="There is one box, of a random colour. Stages: key in hand, door unlocked, behind "
        "the door, box in hand.",
        hazards=(*_KEY_HAZARDS, _HANDS, _BOX),
    ),
    "blockedunlockpickup": Words(
        goal="Move the ball away from the locked door, fetch the key, open the door with it and "
        "pick up the box behind it, in as few steps as possible.",
        ends="Ends with the box in hand, or at the horizon.",
        about="There is one box, of a random colour. Stages: the way to the door free, key in "
        "hand, door unlocked, behind the door, box in hand.",
        hazards=(*_KEY_HAZARDS, _HANDS, _BOX),
    ),
    "keycorridor": Words(
        goal="Search the rooms along the corridor for the key, open the locked door with it and "
        "pick up the ball behind it, in as few steps as possible.",
        ends="Ends with the ball in hand, or at the horizon.",
        about="The locked room is right of the corridor, the key in a room left of it; all "
        "other doors are closed, none is locked. Stages: key in hand, door unlocked, "
        "behind the door, ball in hand.",
        hazards=(*_KEY_HAZARDS, _HANDS),
    ),
    "obstructedmaze": Words(
        goal="Find the blue ball and pick it up: locked doors need keys, which may be hidden in "
        "boxes, and green balls may lie before doors; in as few steps as possible.",
        ends="Ends with the blue ball in hand, or at the horizon.",
        about="The layouts 1D have two rooms, the others three by three with the ball in a "
        "corner. In a name, l is for locked doors, h for keys hidden in boxes, b for "
        "balls before locked doors; in Q and Full there are all three. True progress "
        "grows with each door on the way to the ball that is opened, and with the key of "
        "the next one in hand.",
        hazards=(*_KEY_HAZARDS, _HANDS, "Toggling a box opens it and leaves what is in it."),
    ),
    "lockedroom": Words(
        goal="Fetch the key from the room where it lies, open the locked door with it and reach "
        "the green goal square behind it, in as few steps as possible.",
        ends="Ends on the goal square, or at the horizon.",
        about="Six rooms lie along a hall, each with a door of its own colour. The mission "
        "names the room with the key by the colour of its door. Stages: key in hand, door "
        "unlocked, in the locked room, at the goal.",
        hazards=_KEY_HAZARDS,
    ),
    "memory": Words(
        goal="Look at the object in the start room, walk down the hallway and turn to the one of "
        "two objects at its end that is like it, in as few steps as possible.",
        ends="Ends beside the matching object, beside the other one (failure), or at the horizon.",
        about="The agent begins anywhere on the way from the start room to the end of the "
        "hallway, and faces that end. In the Random layouts the hallway has a random "
        "length. True progress is 1 / (1 + fewest steps to the cell to enter).",
        hazards=(
            "The cell beside the other object ends the episode in failure.",
            "Nothing can be carried: the action pick up does what toggle does, here nothing.",
        ),
    ),
    "redbluedoors": Words(
        goal="Open the red door and then, while it is open, the blue door, in as few steps as "
        "possible.",
        ends="Ends when the blue door opens (failure unless the red one is open), or at the "
        "horizon.",
        about="The agent begins in a room between the two doors. Stages: red door open, both open.",
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
        about="The mission names kind and colour; where several things are alike, any of them "
        "will do. Nothing can be moved aside, as to pick up anything else ends the "
        "episode. True progress is 1 / (2 + fewest steps to the thing).",
        hazards=("Picking up anything else ends the episode in failure.",),
    ),
    "gotodoor": Words(
        goal='Walk to the door of the colour that is asked for and say "done" next to it, in as '
        "few steps as possible.",
        ends='Ends when the agent says "done" (failure unless next to that door) or takes the '
        "action toggle (failure), or at the horizon.",
        about="A room of random size has four doors of different colours, one in each wall. "
        'True progress is 1 / (1 + fewest steps to the door), at most 1/2 until "done" is '
        "said.",
        hazards=_DONE,
    ),
    "gotoobject": Words(
        goal='Walk to the thing that is asked for, by kind and colour, and say "done" next to it, '
        "in as few steps as possible.",
        ends='Ends when the agent says "done" (failure unless next to where that thing stood at '
        "the beginning) or takes the action toggle (failure), or at the horizon.",
        about="No two things are alike. Things can be picked up and put down. True progress is "
        '1 / (1 + fewest steps to the place), at most 1/2 until "done" is said.',
        hazards=(*_DONE, "Things can be picked up, but the place counts, not the thing."),
    ),
    "putnear": Words(
        goal="Pick up the one thing that is asked for and put it down next to the other one, in "
        "as few steps as possible.",
        ends="Ends when the agent drops what it holds, or tries to where there is no room (failure "
        "unless it lies near the target then), when a wrong thing is picked up (failure), or at "
        "the horizon.",
        about="No two things are alike, and at first none touch. Near is any of the eight cells "
        "around the place of the second thing. Stages: thing in hand, beside the target, "
        "put down near it.",
        hazards=(
            "Picking up another thing ends the episode in failure.",
            "Dropping the thing elsewhere, or onto something, ends the episode in failure.",
            _BOX,
        ),
    ),
    "dynamicobstacles": Words(
        goal="Walk past the moving balls to the green goal square without walking into anything, "
        "in as few steps as possible.",
        ends="Ends on the goal square, when the agent walks into a ball or a wall (failure), or "
        "at the horizon.",
        about="In every step the balls move before the agent does, each to a random free cell "
        "next to it, corners included, where there is one. In the Random layouts the "
        f"agent begins anywhere. MiniGrid pays -1 for a collision. {_WALK_LEFT}",
        hazards=(
            "A step towards a ball or a wall in front ends the episode in failure, even if the "
            "ball moves away.",
        ),
    ),
}
"""Sentences by layout."""
