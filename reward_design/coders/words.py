"""The little English that the symbolic coder reads in field names and goals."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alignenv.spec import Field


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BAD = _words(
    "locked closed shut blocked bumped dead died fallen fell lost broken stuck crashed collided "
    "collision hit failed burnt burned damaged dropped spilled tipped unsafe danger"
)
_FATAL = _words("dead died fallen fell lost broken crashed failed")
_APPROACH = _words("facing seen visible near ahead front adjacent")
_TOUCH = _words("touching touch contact touched grasped gripped holding grasping")
_STATES = _BAD | _APPROACH | _TOUCH | _words("open opened carrying has is done on off")
_DISTANCE = _words("path dist distance walk route")
_FILLERS = _DISTANCE | _words("to next nearest the of from n")
_PLACE = _words("pos position xy xyz cell location place")
_AGENT = _words(
    "agent hand gripper pusher robot car cart torso body player lander tip effector arm"
)
_TARGET = ("goal", "target")
_AVOID = _words("without avoid avoiding never not failure fail fails die dies")
_FUNCTION = _words(
    "a an and as at before behind between by down for from in into it its of off on onto or out "
    "over that the them then this to under until up when where which while with"
)
"""Words that name nothing, though a code of a field may begin with one, such as "3 up"."""
_CODE = re.compile(r"\b(\d+)\s+([a-z]+)")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w])")


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal sentence, read for the order of its words.

    Attributes:
        order: Position of each singular word.
        avoided: Words of clauses that say what must not happen.
        numbers: Numbers it names.
    """

    order: dict[str, int]
    avoided: frozenset[str]
    numbers: tuple[float, ...]

    def position(self, noun: str) -> int:
        """Where a word is first named; after everything when it is not."""
        return self.order.get(noun, len(self.order))

    def noun(self, name: str) -> str:
        """The last word of a field's name that the goal names, `target` or `goal`, or nothing."""
        for word in reversed(split(name)):
            if word in self.order and word not in _STATES and word not in _AGENT:
                return word
        return next((word for word in _TARGET if word in split(name)), "")

    def avoids(self, name: str) -> bool:
        """Whether the goal names it only as something to keep away from."""
        return self.noun(name) in self.avoided


def read_goal(goal: str) -> Goal:
    """Words of a goal, those to avoid, and its numbers."""
    order: dict[str, int] = {}
    wanted: set[str] = set()
    avoided: set[str] = set()
    for clause in re.split(r"[.,;:]|\bwithout\b|(?=\bavoid)", goal.lower()):
        found = [singular(word) for word in re.findall(r"[a-z]+", clause)]
        after_without = f"without{clause}" in goal.lower()
        (avoided if after_without or _AVOID & set(found) else wanted).update(found)
        for word in found:
            if word not in _FUNCTION:
                order.setdefault(word, len(order))
    return Goal(order, frozenset(avoided - wanted), numbers(goal))


def numbers(text: str) -> tuple[float, ...]:
    """Numbers that stand alone in a text."""
    return tuple(float(x) for x in _NUMBER.findall(text))


def singular(word: str) -> str:
    """A plural noun without its s."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def split(name: str) -> list[str]:
    """Singular words of a field name."""
    return [singular(word) for word in name.lower().split("_") if word]


def things(key: str) -> frozenset[str]:
    """Words of a key that name neither a state, nor a place, nor the agent's body."""
    return frozenset(re.findall(r"[a-z]+", key.lower())) - _STATES - _FILLERS - _PLACE - _AGENT


def is_bad(name: str) -> bool:
    """Whether the last word of the name about a state says that it is not as wanted."""
    states = [word for word in name.lower().split("_") if word in _STATES]
    return bool(states) and states[-1] in _BAD


def is_fatal(name: str) -> bool:
    """Whether the name speaks of the end of an episode by failure."""
    return bool(_FATAL & set(name.lower().split("_")))


def is_approach(name: str) -> bool:
    """Whether the name says that something is only near or in sight."""
    return bool(_APPROACH & set(name.lower().split("_")))


def is_touch(name: str) -> bool:
    """Whether the name speaks of contact or grasp."""
    return bool(_TOUCH & set(name.lower().split("_")))


def is_agent(name: str) -> bool:
    """Whether the name is one of the agent's own body."""
    return bool(_AGENT & set(split(name)))


def is_distance(field: Field) -> bool:
    """Whether a number is the length of a way to something."""
    return bool(_DISTANCE & set(field.name.lower().split("_")))


def is_place(field: Field) -> bool:
    """Whether a vector is a position."""
    return field.kind.startswith("vec") and field.name.lower().split("_")[-1] in _PLACE


def is_counted(field: Field) -> bool:
    """Whether a length is counted in steps or cells of a grid."""
    return any(word in f"{field.unit} {field.meaning}" for word in ("step", "cell", "walk"))


def is_fixed(field: Field) -> bool:
    """Whether a number never changes within an episode: one of things, such as `n_rooms`.

    A number of those in some state, such as `n_right`, changes with the state.
    """
    is_of_things = field.name.startswith("n_") and field.name.endswith("s")
    return field.low == field.high or is_of_things


def codes(field: Field) -> list[tuple[int, str]]:
    """Codes of an int and their first words, where its meaning lists them or it is an angle."""
    found = [(int(n), word) for n, word in _CODE.findall(f"{field.unit} {field.meaning}".lower())]
    if len(found) >= 2:
        return found
    is_direction = field.name.lower().split("_")[-1] in ("dir", "direction", "heading", "id")
    return [(-1, "")] if is_direction else []


def strip_distance(name: str) -> str:
    """`path_to_key` -> `key`."""
    kept = [word for word in name.split("_") if word.lower() not in _FILLERS]
    return "_".join(kept) or name


def strip_place(name: str) -> str:
    """`key_pos` -> `key`."""
    kept = [word for word in name.split("_") if word.lower() not in _PLACE]
    return "_".join(kept) or name


def number_name(value: float) -> str:
    """A number as part of an identifier: -1.5 -> `m1p5`."""
    return f"{value:g}".replace("-", "m").replace(".", "p").replace("+", "")
