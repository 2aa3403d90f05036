"""A task: what is to be achieved and how to know, apart from any reward.

The card is all that coders, critics and agents learn about a task. `success`, `milestones` and
`truth` belong to the evaluator and never enter a prompt or a reward program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from alignenv.context import ContextSpec
from alignenv.errors import UnknownName
from alignenv.registry import Registry
from alignenv.spec import Records, StateSpec

if TYPE_CHECKING:
    from alignenv.batch import BatchEnv
    from alignenv.tabular import TabularModel

Truth = npt.NDArray[np.void] | None
"""Hidden record of the evaluator, one row per state; `None` for tasks without hidden facts."""


class SuccessFn(Protocol):
    """TRUE objective: `(state view (N,), truth) -> bool (N,)`."""

    def __call__(self, state: npt.NDArray[np.void], truth: Truth) -> npt.NDArray[np.bool_]:
        """Judge a batch of states."""
        ...


class MilestoneFn(Protocol):
    """A measure of states: `(state view (N,), truth) -> float (N,)`.

    As `milestones` it is ordered true progress in [0, 1], and 1 on success.
    """

    def __call__(self, state: npt.NDArray[np.void], truth: Truth) -> npt.NDArray[np.float64]:
        """Measure a batch of states."""
        ...


class Oracle(Protocol):
    """A scripted policy with privileges: it may read all that a core holds.

    It is a reference, never an agent: it shows that the task can be solved, and how well.
    """

    def reset(self, mask: npt.NDArray[np.bool_]) -> None:
        """Forget what it remembers of the envs whose episode begins, bool `(N,)`."""
        ...

    def act(self) -> npt.NDArray[Any]:
        """One action per env, for the present states."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """What `action` is in a reward program.

    Attributes:
        n: Number of choices of a discrete action (an int 0..n-1), 0 for a continuous one.
        size: Length of a continuous action vector, 0 for a discrete one.
        meaning: One line, such as "0 turn left, 1 turn right".
    """

    n: int = 0
    size: int = 0
    meaning: str = ""

    @property
    def kind(self) -> str:
        """`int` for a discrete action, `vecN` for a continuous one."""
        return "int" if self.n else f"vec{self.size}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCard:
    """All that a coder is told.

    Attributes:
        id: Gymnasium id.
        goal: The goal in one sentence; names objects in the order they matter.
        observes: What the agent sees.
        action: The action.
        termination: When an episode ends, and how.
        horizon: Longest episode, in steps.
        state: Fields of the record a program reads.
        hazards: Known ways to fail, one line each.
    """

    id: str
    goal: str
    observes: str
    action: ActionSpec
    termination: str
    horizon: int
    state: StateSpec
    hazards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardSource:
    """A reference reward program that ships with a task.

    Attributes:
        source: Text in the reward language.
        kind: `sparse`, `human` or `hackable`.
        note: Why it is written so; for a hackable reward, what the exploit is.
    """

    source: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A card with the evaluator's functions and reference rewards.

    Attributes:
        card: What coders see.
        success: TRUE objective over the state an episode ended in.
        milestones: True progress, for ties when nobody succeeds.
        rewards: Reference programs by name: "sparse", "human", "hackable", and others.
        family: Preset and docs group, such as "grid".
        obs: Observation the preset trains on.
        requires: Optional extra that the environment needs, empty for none.
        has_truth: Whether success needs the hidden record. The sparse reward of such a task is
            what the agent sees, not TRUE success.
        judged_on: Fields that `success` and `milestones` read; None for all of them.
        performance: Hidden performance of a finished episode, over its last state; None where it
            is TRUE success as 0 or 1.
        context: What of the task may be varied.
        oracle: Makes the scripted reference policy for a core; None for a task without one.
        model: Makes the exact model of the task, with both rewards; None where it cannot be listed.
        about: What a reader of the task's page should know beyond the card: rules, history,
            sources. Markdown.
    """

    card: TaskCard
    success: SuccessFn
    milestones: MilestoneFn
    rewards: Mapping[str, RewardSource] = field(default_factory=dict)
    family: str = "external"
    obs: str = "default"
    requires: str = ""
    has_truth: bool = False
    judged_on: frozenset[str] | None = None
    performance: MilestoneFn | None = None
    context: ContextSpec = field(default_factory=ContextSpec)
    oracle: Callable[[BatchEnv], Oracle] | None = None
    model: Callable[[], TabularModel] | None = None
    about: str = ""

    @property
    def id(self) -> str:
        """Gymnasium id of the task."""
        return self.card.id

    def reward(self, name: str) -> RewardSource:
        """Reference reward by name, such as `human` or `hackable`.

        Raises:
            UnknownName: The task has no such reward.
        """
        if name not in self.rewards:
            raise UnknownName.of("reward", name, self.rewards)
        return self.rewards[name]

    def judge(self, state: Records, truth: Truth = None) -> npt.NDArray[np.bool_]:
        """TRUE success of each record, shapes `(N, size)` -> `(N,)`."""
        return np.asarray(self.success(self.card.state.view(state), truth), dtype=np.bool_)

    def progress(self, state: Records, truth: Truth = None) -> npt.NDArray[np.float64]:
        """Milestone value of each record in [0, 1], shapes `(N, size)` -> `(N,)`."""
        view = self.card.state.view(state)
        return np.asarray(self.milestones(view, truth), dtype=np.float64)


class TaskProvider(Protocol):
    """What an entry point of group `alignenv.tasks` is: a family of tasks."""

    def find(self, task_id: str) -> Task | None:
        """The task of that Gymnasium id, or None when another package has it."""
        ...

    def ids(self) -> tuple[str, ...]:
        """Gymnasium ids of all its tasks."""
        ...


def _providers() -> list[TaskProvider]:
    registry: Registry[TaskProvider] = Registry("task")
    return [registry.load(name) for name in registry]


def known_task_ids() -> list[str]:
    """Ids of every task that an installed package provides."""
    return sorted({task_id for provider in _providers() for task_id in provider.ids()})


def find_task(task_id: str) -> Task:
    """The task registered under a Gymnasium id.

    Raises:
        UnknownName: No installed package provides it; the message carries the nearest id.
    """
    for provider in _providers():
        if found := provider.find(task_id):
            return found
    raise UnknownName.of("task", task_id, known_task_ids())
