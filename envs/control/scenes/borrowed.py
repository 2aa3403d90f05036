"""Scenes of Gymnasium's MuJoCo environments: same models, starts, steps, observations and rewards.

With the same seed and actions a borrowed scene gives, bit for bit, what the original gives; only
success, which the original does not know, ends an episode earlier. Where the original calls a
function whose last bit may depend on the shape of its argument, so do we, row by row.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from alignenv.envs.control.physics import Floats, Physics
from alignenv.envs.control.scene import Moment, Scene, Start


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What is taken from an environment of Gymnasium.

    Attributes:
        model: Compiled MuJoCo model.
        init_qpos: Positions that starts are drawn around, `(nq,)`.
        init_qvel: Velocities that starts are drawn around, `(nv,)`.
        frame_skip: Simulation steps per env step.
        dt: Seconds per env step.
        observation_space: Its observations.
        action_space: Its actions.
    """

    model: Any
    init_qpos: Floats
    init_qvel: Floats
    frame_skip: int
    dt: float
    observation_space: spaces.Box
    action_space: spaces.Box


@cache
def original(env_id: str) -> Original:
    """Take over an environment by its Gymnasium id."""
    import gymnasium as gym

    env: Any = gym.make(env_id, disable_env_checker=True).unwrapped
    taken = Original(
        model=env.model,
        init_qpos=env.init_qpos.copy(),
        init_qvel=env.init_qvel.copy(),
        frame_skip=env.frame_skip,
        dt=env.dt,
        observation_space=env.observation_space,
        action_space=env.action_space,
    )
    env.close()
    return taken


class Borrowed(Scene):
    """A scene of a Gymnasium environment.

    Attributes:
        origin: Gymnasium id.
        gathered: Arrays of `MjData` that observations or rewards need.
        finish: Function of MuJoCo that fills them after a step; empty for none.
    """

    origin: ClassVar[str]
    gathered: ClassVar[tuple[str, ...]] = ()
    finish: ClassVar[str] = ""
    seen = ()

    @property
    def source(self) -> Original:
        """What is taken from the original."""
        return original(self.origin)

    def open_physics(self, n_envs: int) -> Physics:
        """N simulations of the original's model."""
        from alignenv.envs.control.engine import mujoco

        finish = getattr(mujoco, self.finish) if self.finish else None
        source = self.source
        return Physics(source.model, n_envs, source.frame_skip, self.gathered, finish)

    def action_space(self) -> spaces.Box:
        """The original's, with a random stream of its own."""
        return copy.deepcopy(self.source.action_space)

    def observation_space(self) -> spaces.Box:
        """The original's, with a random stream of its own."""
        return copy.deepcopy(self.source.observation_space)

    def admit(self, actions: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """As they are: MuJoCo limits them, and the original charges for what was asked."""
        return actions.copy()

    def noisy(self, stream: np.random.Generator, scale: float, *, normal: bool) -> Start:
        """The original's usual start: uniform noise, or normal noise on velocities."""
        source = self.source
        qpos = source.init_qpos + stream.uniform(low=-scale, high=scale, size=source.model.nq)
        if normal:
            qvel = source.init_qvel + scale * stream.standard_normal(source.model.nv)
        else:
            qvel = source.init_qvel + stream.uniform(low=-scale, high=scale, size=source.model.nv)
        return Start(qpos=qpos, qvel=qvel, facts=np.zeros(self.n_facts))


def squares(actions: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Sum of squares of each row, `(n, size)` -> `(n,)`, in the rows' own precision."""
    return np.asarray(np.square(actions).sum(axis=1))


def lengths(vectors: Floats) -> Floats:
    """Lengths of rows as `np.linalg.norm` gives each, `(n, size)` -> `(n,)`."""
    return np.asarray(np.sqrt(np.vecdot(vectors, vectors)))


def moved(before: Mapping[str, Floats], moment: Moment, dt: float) -> Floats:
    """Speed of the first coordinate over one env step, `(n,)`."""
    return np.asarray((moment.qpos[:, 0] - before["qpos"][:, 0]) / dt)
