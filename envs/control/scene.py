"""What a task of the control family gives to the core: a model, its rules and its words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.context import ContextSpec
from alignenv.envs.control.engine import load_model, mujoco
from alignenv.envs.control.physics import Floats, Physics
from alignenv.spec import StateSpec
from alignenv.task import Truth

Flags = npt.NDArray[np.bool_]
View = npt.NDArray[np.void]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The sentences of a task card and of its page.

    Attributes:
        goal: The goal in one sentence.
        observes: What the agent sees.
        action: The action, one line.
        ends: When an episode ends.
        hazards: Known ways to fail.
        about: What a reader should know beyond the card.
    """

    goal: str
    observes: str
    action: str
    ends: str
    hazards: tuple[str, ...] = ()
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Present states of some envs; arrays of one row per env, to be read and not changed.

    Attributes:
        qpos: Positions, `(n, nq)`.
        qvel: Velocities, `(n, nv)`.
        facts: What an episode drew, and what is counted in it, `(n, n_facts)`.
        contexts: Contexts, `(n, context.size)`.
        actions: Last actions, `(n, action_size)`; zeros at the start of an episode.
        extra: Further arrays of `MjData` by name.
    """

    qpos: Floats
    qvel: Floats
    facts: Floats
    contexts: Floats
    actions: npt.NDArray[Any]
    extra: Mapping[str, Floats] = field(default_factory=dict)

    def named(self, name: str) -> Floats:
        """`qpos` or one of the further arrays."""
        return self.qpos if name == "qpos" else self.extra[name]

    def rows(self, index: npt.NDArray[np.intp]) -> Moment:
        """Some of the envs."""
        return Moment(
            qpos=self.qpos[index],
            qvel=self.qvel[index],
            facts=self.facts[index],
            contexts=self.contexts[index],
            actions=self.actions[index],
            extra={name: part[index] for name, part in self.extra.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """First state of an episode: positions, velocities and facts of one env."""

    qpos: Floats
    qvel: Floats
    facts: Floats


class Scene(ABC):
    """A task: where its episodes begin, what its records say and when it is achieved.

    Attributes:
        kind: Name.
        texts: Folder of the rewards, where it is not called like the scene.
        model_file: File in `models/`.
        frame_skip: Simulation steps per env step.
        n_facts: Length of `Moment.facts`.
        action_size: Length of an action, each in [-1, 1].
        spec: The record.
        seen: Fields that make up the observation, in order.
        judged_on: Fields that `success`, `milestones` and `failed` read.
        context: What may be varied.
        model_parameters: Context parameters that change the model.
        words: The card's sentences.
        compared: Arrays that `native_reward` needs as they were before a step: `qpos`, or
            names of `Moment.extra`.
    """

    kind: ClassVar[str]
    texts: ClassVar[str] = ""
    model_file: ClassVar[str]
    frame_skip: ClassVar[int]
    n_facts: ClassVar[int] = 1
    action_size: ClassVar[int]
    spec: ClassVar[StateSpec]
    seen: ClassVar[tuple[str, ...]]
    judged_on: ClassVar[frozenset[str]]
    context: ClassVar[ContextSpec] = ContextSpec()
    model_parameters: ClassVar[frozenset[str]] = frozenset()
    words: ClassVar[Words]
    compared: ClassVar[tuple[str, ...]] = ()

    def open_physics(self, n_envs: int) -> Physics:
        """N simulations of the scene's model."""
        return Physics(load_model(self.model_file), n_envs, self.frame_skip)

    def action_space(self) -> spaces.Box:
        """Space of one action."""
        return spaces.Box(-1.0, 1.0, (self.action_size,), np.float32)

    def observation_space(self) -> spaces.Box:
        """Space of one observation."""
        size = sum(self.spec[name].size for name in self.seen)
        return spaces.Box(-np.inf, np.inf, (size,), np.float32)

    @abstractmethod
    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """The first state of an episode, drawn from the env's stream."""

    def tune(self, model: mujoco.MjModel, context: Mapping[str, float]) -> None:  # noqa: B027
        """Write `model_parameters` of a context into a copy of the model."""

    def controls(self, actions: npt.NDArray[Any], moment: Moment) -> npt.NDArray[Any]:
        """What the actuators get, `(N, nu)`; the actions, unless the scene says otherwise."""
        del moment
        return actions

    def remember(self, moment: Moment) -> None:  # noqa: B027 - most scenes count nothing
        """Update the counters in `moment.facts`, in place, after a step."""

    @abstractmethod
    def measure(self, moment: Moment, out: View) -> None:
        """Fill every field of the records."""

    def observe(self, moment: Moment, records: Floats) -> npt.NDArray[Any]:
        """Observations, `(n, size)`: the fields of `seen`, side by side."""
        del moment
        return records[:, self._seen_columns()].astype(np.float32)

    def _seen_columns(self) -> list[int]:
        starts = {name: self.spec.offsets[name] for name in self.seen}
        return [starts[name] + k for name in self.seen for k in range(self.spec[name].size)]

    @abstractmethod
    def success(self, state: View, truth: Truth) -> Flags:
        """TRUE objective of each record."""

    @abstractmethod
    def milestones(self, state: View, truth: Truth) -> Floats:
        """True progress of each record in [0, 1]."""

    def failed(self, state: View) -> Flags:
        """Where an episode ends without success before its horizon."""
        return np.zeros(len(state), dtype=np.bool_)

    def admit(self, actions: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Actions as the scene takes them, a new array: inside [-1, 1]."""
        return np.asarray(np.clip(actions, -1.0, 1.0))

    def native_reward(self, before: Mapping[str, Floats], moment: Moment) -> Floats | None:
        """The original suite's reward of a transition; None where there is no original.

        Args:
            before: The arrays of `compared` before the step.
            moment: The states after it.
        """
        del before, moment
        return None

    def decorate(self, model: mujoco.MjModel, facts: Floats) -> None:  # noqa: B027
        """Show what is no part of the simulation, such as a goal, in a model for pictures."""


class Scripted(Scene):
    """A scene with a scripted controller that reads the present record."""

    @abstractmethod
    def steer(self, state: View, contexts: Floats) -> Floats:
        """Actions `(N, action_size)` that solve the task."""


class ScriptedOracle:
    """The oracle of a scripted scene; it needs no memory.

    Args:
        scene: Whose controller it is.
        batch: Core that it steers.
    """

    def __init__(self, scene: Scripted, batch: Any) -> None:
        self._scene, self._batch = scene, batch

    def reset(self, mask: Flags) -> None:
        """Nothing to forget."""

    def act(self) -> npt.NDArray[np.float32]:
        """One action per env for the present states, `(N, action_size)`."""
        records = self._batch.read_state()
        wanted = self._scene.steer(self._scene.spec.view(records), self._batch.contexts)
        return np.clip(wanted, -1.0, 1.0).astype(np.float32)


def norm(vectors: Floats) -> Floats:
    """Lengths of planar vectors, `(n, 2)` -> `(n,)`; the same bits for any n."""
    return np.sqrt(vectors[:, 0] * vectors[:, 0] + vectors[:, 1] * vectors[:, 1])
