"""Gymnasium's ant and humanoid: get a stated distance ahead, in three dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alignenv.envs.control.physics import Floats
from alignenv.envs.control.scene import Flags, Moment, Start
from alignenv.envs.control.scenes.borrowed import squares
from alignenv.envs.control.scenes.runners import Runner, runner_spec, runner_words

_TILT = "angle between the torso's own up and the room's"


class Floating(Runner):
    """A body free in space: place and quaternion come first in `qpos`."""

    finish = "mj_rnePostConstraint"

    def place(self, moment: Moment) -> Floats:
        """x, height, and the angle between the torso's up and the room's."""
        x, y = moment.qpos[:, 4], moment.qpos[:, 5]
        upright = np.clip(1.0 - 2.0 * (x * x + y * y), -1.0, 1.0)
        tilt = np.array([np.arccos(value) for value in upright])
        return np.stack([moment.qpos[:, 0], moment.qpos[:, 2], tilt], axis=1)


class Ant(Floating):
    """Ant: falls by height."""

    kind, origin, wanted, action_size = "ant", "Ant-v5", 5.0, 8
    gathered, compared = ("xpos", "cfrc_ext"), ("xpos",)
    spec = runner_spec(5.0, 8, _TILT)
    words = runner_words("ant", 5.0, "where it jumps or falls, ", "Ant-v5")

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """Noise of 0.1, normal on velocities."""
        del context
        return self.drawn(self.noisy(stream, 0.1, normal=True))

    def _forces(self, moment: Moment) -> Floats:
        forces = np.clip(moment.extra["cfrc_ext"], -1.0, 1.0)
        return forces.reshape(len(forces), -1)

    def observe(self, moment: Moment, records: Floats) -> npt.NDArray[Any]:
        """All but x and y, and the forces on each body."""
        del records
        forces = self._forces(moment)[:, 6:]
        return np.concatenate([moment.qpos[:, 2:], moment.qvel, forces], axis=1)

    def is_fallen(self, moment: Moment) -> Flags:
        """Outside 0.2 to 1 m, or not finite."""
        height = moment.qpos[:, 2]
        finite = np.isfinite(moment.qpos).all(axis=1) & np.isfinite(moment.qvel).all(axis=1)
        return np.asarray(~(finite & (height >= 0.2) & (height <= 1.0)))

    def native_reward(self, before: Mapping[str, Floats], moment: Moment) -> Floats:
        """Speed and being up, less effort and contact forces."""
        change = moment.extra["xpos"][:, 1, 0] - before["xpos"][:, 1, 0]
        healthy = (~self.is_fallen(moment)) * 1.0
        costs = 0.5 * squares(moment.actions) + 5e-4 * squares(self._forces(moment))
        return np.asarray(change / self.source.dt * 1 + healthy - costs)


class Humanoid(Floating):
    """Humanoid: falls by height."""

    kind, origin, wanted, action_size = "humanoid", "Humanoid-v5", 2.0, 17
    gathered = ("xipos", "cinert", "cvel", "qfrc_actuator", "cfrc_ext", "ctrl")
    compared = ("xipos",)
    spec = runner_spec(2.0, 17, _TILT)
    words = runner_words("humanoid", 2.0, "where it falls, ", "Humanoid-v5")

    def draw(self, stream: np.random.Generator, context: Mapping[str, float]) -> Start:
        """Uniform noise of 0.01."""
        del context
        return self.drawn(self.noisy(stream, 1e-2, normal=False))

    def observe(self, moment: Moment, records: Floats) -> npt.NDArray[Any]:
        """All but x and y; inertias, velocities and forces of each body, torques of each joint."""
        del records
        extra, n = moment.extra, len(moment.qpos)
        parts = [moment.qpos[:, 2:], moment.qvel]
        parts += [extra[name][:, 1:].reshape(n, -1) for name in ("cinert", "cvel")]
        parts += [extra["qfrc_actuator"][:, 6:], extra["cfrc_ext"][:, 1:].reshape(n, -1)]
        return np.concatenate(parts, axis=1)

    def is_fallen(self, moment: Moment) -> Flags:
        """Outside 1 to 2 m."""
        height = moment.qpos[:, 2]
        return np.asarray(~((height > 1.0) & (height < 2.0)))

    def _centre(self, rows: Floats) -> Floats:
        """X of the centre of mass, row by row as the original computes it."""
        masses = self.source.model.body_mass
        total = masses.sum()
        return np.array([(np.einsum("b,bj->j", masses, row) / total)[0] for row in rows])

    def native_reward(self, before: Mapping[str, Floats], moment: Moment) -> Floats:
        """Speed and being up, less effort and contact forces."""
        after, first = self._centre(moment.extra["xipos"]), self._centre(before["xipos"])
        speed = (after - first) / self.source.dt
        healthy = (~self.is_fallen(moment)) * 5.0
        forces = moment.extra["cfrc_ext"].reshape(len(speed), -1)
        contact = np.clip(5e-7 * squares(forces), -np.inf, 10.0)
        effort = 0.1 * squares(moment.extra["ctrl"])
        return np.asarray(1.25 * speed + healthy - (effort + contact))
