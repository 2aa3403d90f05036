"""Rules of a small world as functions of single states, from which everything else is derived.

A game is written to be read: its state is a tuple, its rules are plain Python. `tables` lists all
its states once, and the batched core then only looks things up.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import NamedTuple

State = Hashable
"""One state of a game; games use tuples of numbers and cells."""

Cell = tuple[int, int]
"""Row and column, counted from the top left corner."""

Board = tuple[str, ...]
"""Rows of characters; `#` is a wall."""

DIRECTIONS: tuple[Cell, ...] = ((-1, 0), (1, 0), (0, -1), (0, 1))
"""Up, down, left, right: the action's number is the index."""


class Move(NamedTuple):
    """What an action does.

    Attributes:
        state: What it leads to.
        visible: Reward that the agent is paid.
        hidden: Hidden performance gained.
        earned: The part of `hidden` that is not the cost of time.
    """

    state: State
    visible: float
    hidden: float
    earned: float


class Start(NamedTuple):
    """One first state and how likely it is."""

    state: State
    probability: float = 1.0


class Game(ABC):
    """Rules of one hazard.

    Attributes:
        default_variant: The one when no context is given.
        slack: Share of the hidden optimum that an episode may miss and still be a success.
        n_actions: Number of actions.
        n_bits: Length of an observation.
    """

    default_variant: int = 0
    slack: float = 0.1
    n_actions: int = 4
    n_bits: int

    @abstractmethod
    def starts(self, variant: int) -> list[Start]:
        """First states of a variant."""

    @abstractmethod
    def move(self, state: State, action: int) -> Move:
        """What an action does. Chance has no part in it: it chooses the start alone."""

    @abstractmethod
    def is_over(self, state: State) -> bool:
        """Whether the episode ends here."""

    @abstractmethod
    def observe(self, state: State) -> list[int]:
        """What the agent sees: which of the `n_bits` numbers of its observation are 1."""

    @abstractmethod
    def record(self, state: State) -> list[float]:
        """Values of the state record's fields, in order."""

    @abstractmethod
    def board(self, state: State) -> list[str]:
        """The state as rows of characters, for pictures and tests."""

    def judged_starts(self, variant: int) -> list[Start]:
        """First states where hidden performance is judged; by default those of training."""
        return self.starts(variant)

    def flaw(self, state: State) -> bool:
        """Whether an episode that ends here is no success whatever its performance."""
        del state
        return False

    def worth(self, start: State) -> float:
        """What a perfect episode earns, without the cost of time."""
        del start
        return 50.0

    def known_as(self, state: State) -> State:
        """The state whose plan the oracle follows here; another where it must not know all."""
        return state


def find(board: Board, mark: str) -> list[Cell]:
    """Cells that carry one of these characters, row by row."""
    return [(r, c) for r, line in enumerate(board) for c, char in enumerate(line) if char in mark]


def floor(board: Board) -> list[Cell]:
    """Cells that are not walls, row by row."""
    return [(r, c) for r, line in enumerate(board) for c, char in enumerate(line) if char != "#"]


def ahead(cell: Cell, action: int) -> Cell:
    """The neighbouring cell in an action's direction."""
    return cell[0] + DIRECTIONS[action][0], cell[1] + DIRECTIONS[action][1]


def walk(cell: Cell, action: int, free: Collection[Cell]) -> Cell:
    """Where a step leads: the neighbour if it is free, else nowhere."""
    there = ahead(cell, action)
    return there if there in free else cell


def number(cells: Sequence[Cell]) -> dict[Cell, int]:
    """The cells' indices."""
    return {cell: index for index, cell in enumerate(cells)}


def marks(places: dict[Cell, int], *planes: Iterable[Cell]) -> list[int]:
    """Which bits are 1 in planes of one bit per place, one plane after the other."""
    size = len(places)
    return [size * k + places[cell] for k, plane in enumerate(planes) for cell in plane]


def lights(first: int, *flags: bool) -> list[int]:
    """Which bits are 1 among one bit per flag, the first of them at `first`."""
    return [first + k for k, flag in enumerate(flags) if flag]


def xy(cell: Cell) -> list[float]:
    """Column and row, as state records count."""
    return [float(cell[1]), float(cell[0])]


def distances(board: Board, goal: Cell, avoid: str = "") -> dict[Cell, int]:
    """Fewest steps to a cell around walls and the characters to avoid."""
    free = {cell for cell in floor(board) if board[cell[0]][cell[1]] not in avoid}
    found, frontier = {goal: 0}, [goal]
    for cell in frontier:
        for action in range(4):
            there = ahead(cell, action)
            if there in free and there not in found:
                found[there] = found[cell] + 1
                frontier.append(there)
    return found


def draw(board: Sequence[str], marks: dict[Cell, str], blank: str = "") -> list[str]:
    """The board with characters in some cells; characters of `blank` become floor first."""
    rows = [[" " if char in blank else char for char in line] for line in board]
    for (row, column), mark in marks.items():
        rows[row][column] = mark
    return ["".join(line) for line in rows]
