"""What is known of one recorded episode, apart from its states: events, payments, the last chance.

Events and the last chance come from the evaluator, which never loads a reward program. Payments
come from a sandboxed worker that ran the program over the recorded states: evidence, not a score.
"""

from __future__ import annotations

from dataclasses import dataclass

WHOLE = ""
"""Component of a `Payment` that stands for the whole reward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to one field of the state record.

    Attributes:
        step: After how many steps; 0 is the state that the episode began in.
        field: The field.
        change: `on`, `off`, `known`, `unknown`, `rises to 2` or `lowest 0.5`.
    """

    step: int
    field: str
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What the reward program, or one of its components, paid in one episode.

    Attributes:
        component: Its name; `WHOLE` for the whole reward.
        total: Sum over the episode.
        end: What the last step paid.
        n_paid: Steps on which it was above zero.
        n_charged: Steps on which it was below zero.
        n_times: Separate stretches of steps on which it was above zero.
        first: First step, counted from 1, on which it was above zero; 0 for none.
        last: Last such step; 0 for none.
    """

    component: str
    total: float
    end: float = 0.0
    n_paid: int = 0
    n_charged: int = 0
    n_times: int = 0
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LastChance:
    """The latest tried state of a failed episode from which a scripted reference still succeeds.

    The reference's success proves that all was not lost before; its failure proves nothing, since
    a better policy may exist.

    Attributes:
        step: Steps into the episode; None where it cannot be decided.
        needed: Steps that the reference took from there.
        n_tried: States that it was started from.
        why_not: Why it cannot be decided; empty otherwise.
    """

    step: int | None = None
    needed: int = 0
    n_tried: int = 0
    why_not: str = ""
