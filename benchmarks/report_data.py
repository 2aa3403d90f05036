"""What a report shows, as plain values: anyone who has these can write one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alignenv.types import CurvePoint, Trial

Frame = npt.NDArray[np.uint8]
"""One picture, shape `(height, width, 3)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmResult:
    """One reward of the final comparison, trained afresh on report seeds.

    Attributes:
        name: `sparse`, `human`, `best` or another short name.
        label: How tables call it, such as "best generated".
        success: Mean TRUE success over report seeds, sampled actions, in [0, 1].
        interval: 95 % interval of `success`.
        success_greedy: The same with the most probable action.
        env_steps: Env steps of each training.
        n_seeds: Trainings.
        n_episodes: Fresh episodes per training.
        curves: Training evidence of each seed.
        source: Its reward program; empty for the sparse reward.
    """

    name: str
    label: str
    success: float
    interval: tuple[float, float]
    success_greedy: float
    env_steps: int
    n_seeds: int
    n_episodes: int
    curves: tuple[tuple[CurvePoint, ...], ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One recorded episode to animate.

    Attributes:
        title: Such as "Before" or "After".
        caption: Which policy, which seed, how it ended; also read to those who do not see it.
        frames: Pictures in order; none leaves the clip out.
        fps: Pictures per second, before long episodes are thinned out.
    """

    title: str
    caption: str
    frames: tuple[Frame, ...]
    fps: float = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticRow:
    """What a critic said of one candidate before training.

    Attributes:
        id: Candidate id.
        p_success: Its probability of success.
        said: Its findings in few words.
        came: What came of it, such as "93 %" or "rejected".
    """

    id: str
    p_success: float
    said: str
    came: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportData:
    """A finished search.

    Attributes:
        env_id: Gymnasium id of the task.
        goal: The task's goal sentence.
        method: `designer[coder]`.
        obs: Observation encoding that every training used.
        layer: How a designed reward meets the sparse one: `replace`, `add` or `potential`.
        arms: Rows of the final comparison, in the order to show.
        trials: Every candidate with its outcome, in id order.
        best: Id of the selected candidate; None when none could be trained.
        program: Path of the winning program, to show how it is used; empty for none.
        clips: Episodes to animate, in the order to show.
        settings: Settings by dotted name, as text.
        versions: Package versions by name.
        isolation: What the sandbox's self-test observed, one line.
        cost: Figures by name: `calls`, `tokens`, `usd`, `env_steps`, `cpu_s`.
        seconds: Wall seconds by part of the run.
        stopped: Which cap ended the search before it was over; empty where none did.
        critic: What the critic said, in id order; empty without a critic.
        critic_record: The critic's score in one sentence.
    """

    env_id: str
    goal: str
    method: str
    obs: str
    layer: str
    arms: tuple[ArmResult, ...]
    trials: tuple[Trial, ...]
    best: str | None = None
    program: str = ""
    clips: tuple[Clip, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    isolation: str = ""
    cost: Mapping[str, float] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    stopped: str = ""
    critic: tuple[CriticRow, ...] = ()
    critic_record: str = ""

    @property
    def winner(self) -> Trial | None:
        """The trial of the selected candidate."""
        return next((t for t in self.trials if t.candidate.id == self.best), None)
