"""A task whose states can be listed, as the audit needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alignenv.reward_design.audit.planning import Actions
from alignenv.reward_design.audit.transitions import Floats, Ints, sums
from alignenv.spec import Records, StateSpec
from alignenv.tabular import TabularModel


class Priced(NamedTuple):
    """Transitions that a program is asked about, and the choice whose pay each is part of.

    Attributes:
        before: Row of the record before, `(N,)`.
        action: `(N,)`.
        after: Row of the record after, `(N,)`.
        terminated: Whether the episode ends there for a reason of the task, bool `(N,)`.
        choice: `state * A + action` of the model, `(N,)`.
        weight: Probability of the transition within its choice, `(N,)`.
    """

    before: Ints
    action: Ints
    after: Ints
    terminated: npt.NDArray[np.bool_]
    choice: Ints
    weight: Floats


class Paid(NamedTuple):
    """What a program pays on the transitions that it was asked about.

    Attributes:
        total: `(N,)`; of a potential, its value at each record, `(M,)`.
        components: `(N, k)`.
        names: Names of the components, k of them.
        is_potential: Whether the program defines a potential.
    """

    total: Floats
    components: Floats
    names: tuple[str, ...]
    is_potential: bool = False


class TrueOutcome(NamedTuple):
    """What a behaviour is truly worth.

    Attributes:
        success: Probability of TRUE success.
        performance: Mean hidden performance.
        begins: State in which the likeliest episode without success begins; the likeliest start
            where all succeed.
    """

    success: float
    performance: float
    begins: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExactTask:
    """Every state, choice and transition of a task, or of one layout of it.

    Attributes:
        model: The process; `visible` is the sparse reward, `hidden` what was meant.
        spec: Fields of the records.
        records: Distinct records, `(M, spec.size)`.
        shown: Row of the record that stands for each state, `(S,)`.
        priced: What a program is asked about.
        judge: TRUE outcome of a policy.
        performance_range: Least and most hidden performance of any behaviour.
        possible: Most TRUE success that any behaviour has.
        is_judged_here: Whether the truth is about these states, and not about others like them.
        success: Terminal states of TRUE success, bool `(S,)`; None where a state does not tell.
        words: Each action in words.
        name: What was listed, such as "layout of seed 3".
        seed: Seed of a reset that begins there; None where episodes begin in several ways.
    """

    model: TabularModel
    spec: StateSpec
    records: Records
    shown: Ints
    priced: Priced
    judge: Callable[[Actions], TrueOutcome]
    performance_range: tuple[float, float]
    possible: float
    is_judged_here: bool
    success: npt.NDArray[np.bool_] | None
    words: tuple[str, ...]
    name: str
    seed: int | None

    def mean(self, values: Floats) -> Floats:
        """Mean of each choice, `(S, A)`, from a value of each transition, `(N,)`."""
        size = self.model.n_states * self.model.n_actions
        total = sums(self.priced.choice, self.priced.weight * values, size)
        return total.reshape(self.model.n_states, self.model.n_actions)

    def values(self, paid: Paid, gamma: float) -> Floats:
        """What the agent is paid on each transition by the program alone, `(N,)`."""
        if not paid.is_potential:
            return paid.total
        later = np.where(self.priced.terminated, 0.0, paid.total[self.priced.after])
        found: Floats = gamma * later - paid.total[self.priced.before]
        return found

    def pay(self, paid: Paid, gamma: float, *, is_added: bool = False) -> Floats:
        """Mean pay of each choice, `(S, A)`.

        Args:
            paid: What the program pays.
            gamma: The learner's discount factor, for a potential.
            is_added: Whether the sparse reward comes on top; it always does for a potential.
        """
        mean = self.mean(self.values(paid, gamma))
        return mean + self.model.visible if is_added or paid.is_potential else mean

    @property
    def is_stochastic(self) -> bool:
        """Whether a choice may have several outcomes."""
        return bool(self.model.successors.shape[2] > 1)


def action_words(n: int, meaning: str) -> tuple[str, ...]:
    """Each action in words, from a card's line such as "0 up, 1 down"."""
    found = {}
    for part in meaning.replace(";", ",").split(","):
        number, _, text = part.strip().partition(" ")
        if number.isdigit() and text:
            found[int(number)] = text.strip()
    return tuple(found.get(action, f"action {action}") for action in range(n))
