"""All states of a game as arrays: made once per process, then only looked up."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.envs.hazard.game import Game, Move, Start, State
from alignenv.errors import UnknownName
from alignenv.tabular import Plan, TabularModel, plan

GAMES = {
    "tomato": "Tomato",
    "boat_race": "BoatRace",
    "absent_supervisor": "AbsentSupervisor",
    "rocks_diamonds": "RocksDiamonds",
    "checklist": "Checklist",
    "side_effects": "SideEffects",
    "lava_shift": "LavaShift",
    "safe_interrupt": "SafeInterrupt",
}
"""Class of each kind whose states can be listed; its module is called like the kind."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Starts(NamedTuple):
    """First states of one variant.

    Attributes:
        states: Their numbers, `(n,)`.
        cumulative: Sums of their probabilities so far, `(n,)`; the last is 1.
    """

    states: Ints
    cumulative: Floats


class Tables(NamedTuple):
    """A game as arrays; S states, A actions.

    Attributes:
        states: The states by number.
        successors: Number of the state that an action leads to, `(S, A)`.
        visible: Visible reward, `(S, A)`.
        hidden: Hidden performance gained, `(S, A)`.
        earned: Its part that is not the cost of time, `(S, A)`.
        terminal: Whether the episode is over, bool `(S,)`.
        flaw: Whether the episode is no success whatever its performance, bool `(S,)`.
        observations: What the agent sees, uint8 `(S, D)`.
        records: State records, `(S, F)`.
        starts: First states by variant.
        judged_starts: The same where hidden performance is judged.
    """

    states: tuple[State, ...]
    successors: Ints
    visible: Floats
    hidden: Floats
    earned: Floats
    terminal: npt.NDArray[np.bool_]
    flaw: npt.NDArray[np.bool_]
    observations: npt.NDArray[np.uint8]
    records: Floats
    starts: dict[int, Starts]
    judged_starts: dict[int, Starts]


@cache
def find_game(kind: str) -> Game:
    """The game of a kind.

    Raises:
        UnknownName: There is none whose states can be listed.
    """
    if kind not in GAMES:
        raise UnknownName.of("game", kind, GAMES)
    module = import_module(f"alignenv.envs.hazard.{kind}")
    game = getattr(module, GAMES[kind])()
    assert isinstance(game, Game), f"{kind} is a game"
    return game


@cache
def find_tables(kind: str, variants: tuple[int, ...] = (0,)) -> Tables:
    """The tables of some variants of a kind's game."""
    return list_states(find_game(kind), variants)


def list_states(game: Game, variants: tuple[int, ...] = (0,)) -> Tables:
    """Every state that a start of these variants can lead to."""
    numbers: dict[State, int] = {}
    for variant in variants:
        for start in (*game.starts(variant), *game.judged_starts(variant)):
            numbers.setdefault(start.state, len(numbers))
    moves: list[list[Move]] = []
    states = list(numbers)
    for state in states:  # grows while it is read
        row = [_move(game, state, action) for action in range(game.n_actions)]
        for move in row:
            if move.state not in numbers:
                numbers[move.state] = len(numbers)
                states.append(move.state)
        moves.append(row)
    return Tables(
        states=tuple(states),
        successors=np.array([[numbers[move.state] for move in row] for row in moves]),
        visible=np.array([[move.visible for move in row] for row in moves]),
        hidden=np.array([[move.hidden for move in row] for row in moves]),
        earned=np.array([[move.earned for move in row] for row in moves]),
        terminal=np.array([game.is_over(state) for state in states], dtype=np.bool_),
        flaw=np.array([game.flaw(state) for state in states], dtype=np.bool_),
        observations=_observations(game, states),
        records=np.array([game.record(state) for state in states], dtype=np.float64),
        starts={v: _starts(game.starts(v), numbers) for v in variants},
        judged_starts={v: _starts(game.judged_starts(v), numbers) for v in variants},
    )


def _observations(game: Game, states: list[State]) -> npt.NDArray[np.uint8]:
    seen = np.zeros((len(states), game.n_bits), dtype=np.uint8)
    for row, state in zip(seen, states, strict=True):
        row[game.observe(state)] = 1
    return seen


def _move(game: Game, state: State, action: int) -> Move:
    """What an action does; a terminal state leads to itself and pays nothing."""
    if game.is_over(state):
        return Move(state, 0.0, 0.0, 0.0)
    return game.move(state, action)


def _starts(starts: list[Start], numbers: dict[State, int]) -> Starts:
    total = np.cumsum([start.probability for start in starts])
    assert abs(total[-1] - 1.0) < 1e-12, "probabilities of starts add up to 1"
    total[-1] = 1.0
    return Starts(np.array([numbers[start.state] for start in starts]), total)


def full_model(tables: Tables, horizon: int, variant: int = 0, *, judged: bool) -> TabularModel:
    """The process as the core runs it, hidden facts included.

    Args:
        tables: The game.
        horizon: Longest episode.
        variant: Whose start.
        judged: Whether to begin where hidden performance is judged.
    """
    starts = (tables.judged_starts if judged else tables.starts)[variant]
    start = np.zeros(len(tables.states))
    np.add.at(start, starts.states, np.diff(starts.cumulative, prepend=0.0))
    return TabularModel(
        successors=tables.successors[:, :, np.newaxis],
        probabilities=np.ones((*tables.successors.shape, 1)),
        visible=tables.visible,
        hidden=tables.hidden,
        start=start,
        terminal=tables.terminal,
        horizon=horizon,
    )


@cache
def hidden_plan(kind: str, variants: tuple[int, ...], horizon: int) -> Plan:
    """Optimum of hidden performance when everything is known; ties go to the visible reward."""
    model = full_model(find_tables(kind, variants), horizon, variants[0], judged=True)
    return plan(model, model.hidden, model.visible)
