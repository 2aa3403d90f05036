"""What happens in grids, in words: an optional channel for agents and people that read.

States before and after a transition are compared. What is said to be seen is what MiniGrid's 7x7
view shows, so that words give away no more than `obs="image"` does, and the mission.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.envs.grid.cells import (
    BALL,
    BOX,
    CLOSED,
    DOOR,
    EMPTY_CELL,
    GOAL,
    KEY,
    KIND,
    LAVA,
    LAVA_CELL,
    LOCKED,
    NOTHING,
    STATE,
    UNSEEN,
    WALL,
)
from alignenv.envs.grid.dynamics import DONE, DROP, FORWARD, PICK_UP, TOGGLE
from alignenv.envs.grid.kernels import Outcome
from alignenv.envs.grid.layouts.texts import name_of
from alignenv.envs.grid.rules import MATCH, SAY_BESIDE
from alignenv.envs.grid.view import MIDDLE, SIZE
from alignenv.envs.grid.world import AHEAD, World

NOTHING_HAPPENED = "Nothing happened."

_TOLD = np.isin(KIND, [DOOR, KEY, BALL, BOX, GOAL, LAVA])
"""Which cells are named when they come into view, bool `(256,)`."""
_STATES = ("open", "closed", "locked")
_NUMBERS = ("no", "a", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_DEPTH, _SIDE = np.mgrid[:SIZE, -MIDDLE : MIDDLE + 1]

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@cache
def _name(cell: int) -> str:
    """A thing, such as `locked yellow door`."""
    if KIND[cell] == LAVA:
        return "lava"
    name = name_of(cell)
    if KIND[cell] == GOAL:
        return f"{name} square"
    return f"{_STATES[STATE[cell]]} {name}" if KIND[cell] == DOOR else name


def _some(name: str, count: int) -> str:
    """So many of them, such as `an open red door` or `two blue balls`."""
    if name == "lava":
        return name
    if count == 1:
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{number} {name}{'es' if name.endswith('x') else 's'}"


def list_things(cells: Iterable[int]) -> str:
    """Things in the order in which they come, equal ones together; empty for none."""
    names = [_some(name, count) for name, count in Counter(map(_name, cells)).items()]
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


class Deed(NamedTuple):
    """What one agent did, as far as it can be told from the states around it.

    Attributes:
        action: The action.
        held: Code of what was in hand before.
        holds: Code of what is in hand after.
        front: Code of the cell that was in front.
        left: Code that is there after.
        under: Code of the cell that the agent went to; `NOTHING` when it did not move.
        hit: Whether it walked into something that ends the episode.
        rule: One of `alignenv.envs.grid.rules`.
    """

    action: int
    held: int
    holds: int
    front: int
    left: int
    under: int
    hit: bool
    rule: int


def tell_deed(deed: Deed) -> str:
    """What an agent did, after the word "You"; empty for what is not worth a word."""
    if deed.action == FORWARD:
        return _tell_walk(deed)
    if deed.action == TOGGLE or (deed.action == PICK_UP and deed.rule == MATCH):
        return _tell_toggle(deed)
    if deed.action == PICK_UP and deed.holds != deed.held:
        return f"picked up the {_name(deed.holds)}"
    if deed.action == DROP and deed.held:
        could = "could not drop" if deed.holds else "dropped"
        return f"{could} the {_name(deed.held)}{' there' if deed.holds else ''}"
    return 'said "done"' if deed.action == DONE and deed.rule == SAY_BESIDE else ""


def _tell_walk(deed: Deed) -> str:
    if deed.hit:
        return f"walked into {_obstacle(deed.front)}"
    if deed.under == NOTHING:
        was_free = deed.front == EMPTY_CELL
        return f"{'were stopped by' if was_free else 'walked into'} {_obstacle(deed.left)}"
    if KIND[deed.under] == LAVA:
        return "fell into lava"
    return f"reached the {_name(deed.under)}" if KIND[deed.under] == GOAL else ""


def _obstacle(cell: int) -> str:
    return "a wall" if KIND[cell] == WALL else f"the {_name(cell)}"


def _tell_toggle(deed: Deed) -> str:
    name, is_locked = name_of(deed.front), STATE[deed.front] == LOCKED
    if KIND[deed.front] == BOX:
        found = "it was empty" if deed.left == EMPTY_CELL else f"a {_name(deed.left)} was in it"
        return f"opened the {name}: {found}"
    if KIND[deed.front] != DOOR:
        return ""
    if deed.front == deed.left:
        return f"found the {name} locked"
    if is_locked:
        return f"unlocked and opened the {name}"
    return f"{'opened' if STATE[deed.front] == CLOSED else 'closed'} the {name}"


class _Moment(NamedTuple):
    """What is kept of one moment of N grids."""

    cells: npt.NDArray[np.uint8]
    position: Ints
    direction: Ints
    held: Ints
    movers: Ints


class Teller:
    """Tells N grids' episodes.

    Args:
        world: The grids.
        rule: One of `alignenv.envs.grid.rules`.

    Attributes:
        texts: What it told last of each env.
    """

    def __init__(self, world: World, rule: int) -> None:
        self.texts = [""] * world.n_envs
        self._world, self._rule = world, rule
        self._seen = np.zeros(world.cells.shape, dtype=np.bool_)
        self._moment = self._take()

    def _take(self) -> _Moment:
        agents: Any = self._world.agents
        missions: Any = self._world.missions
        parts = (agents["position"], agents["direction"], agents["carried"], missions["movers"])
        return _Moment(self._world.cells.copy(), *(part.copy() for part in parts))

    def keep(self) -> None:
        """Remember the present states, as those before a transition."""
        self._moment = self._take()

    def begin(
        self, chosen: Mask, views: npt.NDArray[np.uint8], mission_of: Callable[[int], str]
    ) -> None:
        """Tell of some envs' missions and of all that is in view.

        Args:
            chosen: Which envs, bool `(N,)`.
            views: MiniGrid's images of the present states, `(N, 7, 7, 3)`.
            mission_of: Writes the mission of one env.
        """
        self._seen[chosen] = False
        moment = self._take()
        shown = self._look(moment, views, chosen)
        for n in np.flatnonzero(chosen).tolist():
            sight = f" You see {list_things(shown[n])}." if n in shown else ""
            self.texts[n] = f"Mission: {mission_of(n)}.{sight}"

    def tell(self, actions: Ints, views: npt.NDArray[np.uint8], outcome: Outcome) -> None:
        """Tell of the transitions from the states that were kept to the present ones.

        Args:
            actions: `(N,)`.
            views: MiniGrid's images of the present states, `(N, 7, 7, 3)`.
            outcome: Of the transitions.
        """
        before, after = self._moment, self._take()
        is_over = outcome.terminated | outcome.truncated
        shown = self._look(after, views, ~is_over)
        verdicts = _judge(outcome, is_over)
        for n, deed in enumerate(self._deeds(actions, before, after)):
            done = tell_deed(deed)
            parts = [f"You {done}."] if done else []
            if n in shown:
                parts.append(f"You see {list_things(shown[n])}.")
            if n in verdicts:
                parts.append(verdicts[n])
            self.texts[n] = " ".join(parts) or NOTHING_HAPPENED

    def _deeds(self, actions: Ints, before: _Moment, after: _Moment) -> Iterator[Deed]:
        """What each agent did."""
        missions: Any = self._world.missions
        rows = np.arange(self._world.n_envs)
        front = before.position + AHEAD[before.direction]
        under = np.where(
            after.position == before.position, NOTHING, after.cells[rows, after.position]
        )
        columns = (
            actions,
            before.held,
            after.held,
            before.cells[rows, front],
            after.cells[rows, front],
            under,
            missions["hit"] > 0,
        )
        for facts in zip(*(column.tolist() for column in columns), strict=True):
            yield Deed._make((*facts, self._rule))

    def _look(
        self, now: _Moment, views: npt.NDArray[np.uint8], chosen: Mask
    ) -> dict[int, list[int]]:
        """Codes of the things that came into view, nearest rows first, by env."""
        rows, places = _places_in_view(now, views)
        seen = np.zeros_like(self._seen)
        seen[rows, places] = True
        codes = now.cells[rows, places]
        is_new = _TOLD[codes] & chosen[rows] & ~self._were_seen(now, rows, places)
        is_new &= ~((KIND[codes] == LAVA) & self._saw_lava(now)[rows])
        self._seen = seen
        shown: dict[int, list[int]] = {}
        for n, cell in zip(rows[is_new].tolist(), codes[is_new].tolist(), strict=True):
            shown.setdefault(n, []).append(cell)
        return shown

    def _saw_lava(self, now: _Moment) -> Mask:
        """Whether any lava, which stays where it is, was in view before."""
        saw_lava: Mask = (self._seen & (now.cells == LAVA_CELL)).any(axis=1)
        return saw_lava

    def _were_seen(self, now: _Moment, rows: Ints, places: Ints) -> Mask:
        """Whether what is at these places was in view before, there or where it moved from."""
        were_seen: Mask = self._seen[rows, places]
        missions: Any = self._world.missions
        for index in range(int(missions["n_movers"].max())):
            is_here = (now.movers[rows, index] == places) & (missions["n_movers"][rows] > index)
            was_seen = self._seen[rows, self._moment.movers[rows, index]]
            were_seen = np.where(is_here, was_seen, were_seen)
        return were_seen


def _judge(outcome: Outcome, is_over: Mask) -> dict[int, str]:
    """How the episodes ended that did, by env."""
    verdicts = {}
    for n in np.flatnonzero(is_over).tolist():
        verdicts[n] = "The mission has failed." if outcome.terminated[n] else "Time is up."
        if outcome.reward[n] > 0:
            verdicts[n] = "The mission is fulfilled."
    return verdicts


def _places_in_view(now: _Moment, views: npt.NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Env and place of each cell in view but the agent's own, nearest rows first in each env."""
    kinds = views[..., 0].transpose(0, 2, 1)[:, ::-1]
    forward, right = AHEAD[now.direction], AHEAD[(now.direction + 1) & 3]
    places = (
        now.position[:, np.newaxis, np.newaxis]
        + _DEPTH * forward[:, np.newaxis, np.newaxis]
        + _SIDE * right[:, np.newaxis, np.newaxis]
    )
    is_seen = kinds != UNSEEN
    is_seen[:, 0, MIDDLE] = False
    return np.nonzero(is_seen)[0], places[is_seen]
